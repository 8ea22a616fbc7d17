import assert from "node:assert/strict";
import { readConfig } from "../src/config.ts";
import { secretsOf } from "../src/secrets.ts";

Deno.test("secrets are made once, and a file of them that is cut short or lacks one is named with the remedy", async () => {
  const data_dir = await Deno.makeTempDir({ prefix: "poli-credits-secrets-" });
  try {
    const config = readConfig({ DATA_DIR: data_dir });
    const first = await secretsOf(config);
    assert.equal(first.made, true);
    assert.deepEqual(await secretsOf(config), { secrets: first.secrets, made: false });
    const path = `${data_dir}/secrets.json`;
    const whole = await Deno.readTextFile(path);
    for (const damaged of [whole.slice(0, -20), "{}", ""]) {
      await Deno.writeTextFile(path, damaged);
      await assert.rejects(secretsOf(config), {
        message: `${path} is damaged: restore it, or remove it to have new secrets made`,
      });
    }
  } finally {
    await Deno.remove(data_dir, { recursive: true });
  }
});
