import assert from "node:assert/strict";
import { ConfigError, readConfig } from "../../src/config/environment.ts";

const DATABASE_URL = "postgres://db/credits";

function faultsOf(env: Readonly<Record<string, string>>): string[] {
  try {
    readConfig(env);
    return [];
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.message.split("\n").slice(1).map((line) => line.trim());
  }
}

Deno.test("every fault of an environment is named at once, missing secrets with what is wrong", () => {
  const faults = faultsOf({ DATABASE_URL, TEST_CLOCK: "yes", LOG_LEVEL: "loud", PORT: "http" });
  assert.deepEqual(faults.map((fault) => fault.split(" ")[0]), [
    "PORT",
    "TEST_CLOCK",
    "LOG_LEVEL",
    "META_APP_SECRET",
    "META_VERIFY_TOKEN",
    "ADMIN_KEY",
  ]);
});

Deno.test("an admin key that no Bearer header can carry is refused, and one that can is not", () => {
  for (const key of ["a key with spaces in it", "chave-da-administração", "sixteen-and-\ttabs"]) {
    assert.match(
      faultsOf({ ADMIN_KEY: key }).join(),
      /^ADMIN_KEY must have no spaces, and nothing but ASCII/,
    );
  }
  assert.deepEqual(faultsOf({ ADMIN_KEY: "any+sign=of/ASCII!~" }), []);
});

Deno.test("an app secret is one or two while rotating, and never none with a comma", () => {
  assert.deepEqual(readConfig({ META_APP_SECRET: "new, old" }).meta_app_secrets, ["new", "old"]);
  assert.deepEqual(readConfig({}).meta_app_secrets, []);
  assert.match(faultsOf({ META_APP_SECRET: " , " }).join(), /^META_APP_SECRET must be the app's secret/);
});

Deno.test("a database URL whose password would be taken for its host is refused without being told", () => {
  const secrets = { META_APP_SECRET: "secret", META_VERIFY_TOKEN: "token", ADMIN_KEY: "a-long-admin-key" };
  const faults = (url: string) => faultsOf({ ...secrets, DATABASE_URL: url });
  for (const password of ["p@half/other", "1234#rest", "12?rest", "half/other", "ha:lf#"]) {
    const [fault] = faults(`postgres://credits:${password}@db:5432/credits`);
    assert.match(fault ?? "it was let in", /^DATABASE_URL must be postgres:.*%40 %2F/);
    assert.doesNotMatch(fault!, /half|rest|1234/);
  }
  for (
    const url of [" postgres://db/credits", "mysql://db/credits", "postgres://one:5432,two:5432/credits"]
  ) {
    assert.equal(faults(url).length, 1, url);
  }
  const written = encodeURIComponent("p@ss/w:rd?#%");
  assert.deepEqual(faults(`postgresql://credits:${written}@db/credits?sslmode=verify-full`), []);
  assert.deepEqual(faults("postgres:///credits"), []);
});

Deno.test("nodes that were to share companies are refused, not started apart", () => {
  assert.match(faultsOf({ NATS_URL: "nats://127.0.0.1:4222" }).join(), /^NATS_URL must not be set/);
});
