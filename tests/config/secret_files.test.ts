import assert from "node:assert/strict";
import { join } from "node:path";
import { ConfigError } from "../../src/config/config_error.ts";
import { permissionsFor } from "../../src/config/permissions.ts";
import { withSecretFiles } from "../../src/config/secret_files.ts";

async function withFile(content: string, test: (path: string) => void | Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const path = join(folder, "secret");
    await Deno.writeTextFile(path, content);
    await test(path);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("a secret may stand in a file, without the line break at its end", async () => {
  await withFile(" a secret with spaces \n", (path) => {
    const env = withSecretFiles({ ADMIN_KEY_FILE: path, ADMIN_KEY: "", PORT: "1" });
    assert.deepEqual(env, { ADMIN_KEY: " a secret with spaces ", PORT: "1" });
  });
});

Deno.test("a secret that is set twice, missing or empty is a fault that names the variable and no secret", async () => {
  await withFile("\n", (path) => {
    const env = {
      ADMIN_KEY: "the-key-itself",
      ADMIN_KEY_FILE: path,
      META_APP_SECRET_FILE: "/no/such/file",
      META_VERIFY_TOKEN_FILE: path,
    };
    assert.throws(() => withSecretFiles(env), (error) => {
      assert.ok(error instanceof ConfigError);
      const faults = error.message.split("\n").slice(1);
      assert.match(faults[0]!, /META_APP_SECRET_FILE: No such file/);
      assert.match(faults[1]!, /META_VERIFY_TOKEN_FILE: .* is empty: write the value/);
      assert.match(faults[2]!, /ADMIN_KEY_FILE: ADMIN_KEY is set too: unset one/);
      assert.doesNotMatch(error.message, /the-key-itself/);
      return true;
    });
  });
});

Deno.test("the service may read the secret files that its environment names, and a URL in one is its database", async () => {
  await withFile(
    "postgres://credits:secret@db/credits?sslmode=verify-full&sslrootcert=/etc/ca.pem\n",
    async (path) => {
      const flags = await permissionsFor({ DATABASE_URL_FILE: path });
      const read = flags.find((flag) => flag.startsWith("--allow-read="))!.split("=")[1]!.split(",");
      assert.ok(read.includes(path), String(read));
      assert.ok(read.includes("/etc/ca.pem"), String(read));
      assert.ok(!flags.some((flag) => flag.startsWith("--allow-run")));
      assert.doesNotMatch(flags.join(), /secret@/);
    },
  );
});
