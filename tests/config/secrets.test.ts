import assert from "node:assert/strict";
import { configure, reset } from "@logtape/logtape";
import { ConfigError, readConfig } from "../../src/config/environment.ts";
import { loadSecrets } from "../../src/config/secrets.ts";

Deno.test("secrets are created once, and a truncated or incomplete file is reported with its path and remedy", async () => {
  const data_dir = await Deno.makeTempDir({ prefix: "poli-credits-secrets-" });
  try {
    const config = readConfig({ DATA_DIR: data_dir });
    const first = await loadSecrets(config);
    assert.equal(first.created, true);
    const path = `${data_dir}/secrets.json`;
    assert.deepEqual(await loadSecrets(config), { secrets: first.secrets, path, created: false });
    const whole = await Deno.readTextFile(path);
    for (const damaged of [whole.slice(0, -20), "{}", ""]) {
      await Deno.writeTextFile(path, damaged);
      await assert.rejects(loadSecrets(config), {
        message: `${path} is damaged. Restore it, or remove it to generate new secrets.`,
      });
    }
  } finally {
    await Deno.remove(data_dir, { recursive: true });
  }
});

Deno.test("secrets that cannot be read or written fail with a remedy, and a file readable by others is logged", async () => {
  const data_dir = await Deno.makeTempDir({ prefix: "poli-credits-secrets-" });
  const warned: unknown[] = [];
  await configure({
    sinks: { warned: ({ level, properties }) => void warned.push([level, properties.path]) },
    loggers: [
      { category: ["poli-credits"], sinks: ["warned"], lowestLevel: "info" },
      { category: ["logtape", "meta"], sinks: [] },
    ],
  });
  try {
    const config = readConfig({ DATA_DIR: data_dir });
    const path = `${data_dir}/secrets.json`;
    await loadSecrets(config);
    await loadSecrets(config);
    assert.deepEqual(warned, []);
    await Deno.chmod(path, 0o640);
    await loadSecrets(config);
    assert.deepEqual(warned, [["warning", path]]);
    const below_a_file = loadSecrets({ ...config, data_dir: `${path}/data` });
    await assert.rejects(below_a_file, (error: Error) => {
      assert.ok(error instanceof ConfigError);
      assert.match(
        error.message,
        /secrets\.json cannot be (read|written): .*(Start the service as|Set DATA_DIR)/,
      );
      return true;
    });
    await Deno.remove(path);
    await Deno.mkdir(path);
    await assert.rejects(loadSecrets(config), (error: Error) => {
      assert.ok(error instanceof ConfigError);
      assert.match(
        error.message,
        /secrets\.json cannot be read: .*Start the service as the user who owns it/,
      );
      return true;
    });
  } finally {
    await reset();
    await Deno.remove(data_dir, { recursive: true });
  }
});
