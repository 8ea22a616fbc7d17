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

Deno.test("every fault of an environment is reported at once, missing secrets included", () => {
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

Deno.test("an admin key that a Bearer header cannot carry is rejected", () => {
  for (const key of ["a key with spaces in it", "chave-da-administração", "sixteen-and-\ttabs"]) {
    assert.match(
      faultsOf({ ADMIN_KEY: key }).join(),
      /^ADMIN_KEY must be visible ASCII without spaces/,
    );
  }
  assert.deepEqual(faultsOf({ ADMIN_KEY: "any+sign=of/ASCII!~" }), []);
});

Deno.test("an app secret may be a list, and a list of nothing but commas is rejected", () => {
  assert.deepEqual(readConfig({ META_APP_SECRET: "new, old" }).meta_app_secrets, ["new", "old"]);
  assert.deepEqual(readConfig({}).meta_app_secrets, []);
  assert.match(faultsOf({ META_APP_SECRET: " , " }).join(), /^META_APP_SECRET must be the app secret/);
});

Deno.test("a database URL with an unescaped password is rejected, and the error does not contain the password", () => {
  const secrets = { META_APP_SECRET: "secret", META_VERIFY_TOKEN: "token", ADMIN_KEY: "a-long-admin-key" };
  const faults = (url: string) => faultsOf({ ...secrets, DATABASE_URL: url });
  for (const password of ["p@half/other", "1234#rest", "12?rest", "half/other", "ha:lf#"]) {
    const [fault] = faults(`postgres://credits:${password}@db:5432/credits`);
    assert.match(fault ?? "it was accepted", /^DATABASE_URL must be postgres:.*%40 %2F/);
    assert.doesNotMatch(fault!, /half|rest|1234/);
  }
  for (
    const url of [" postgres://db/credits", "mysql://db/credits", "postgres://one:5432,two:5432/credits"]
  ) {
    assert.equal(faults(url).length, 1, url);
  }
  const escaped = encodeURIComponent("p@ss/w:rd?#%");
  assert.deepEqual(faults(`postgresql://credits:${escaped}@db/credits?sslmode=verify-full`), []);
  assert.deepEqual(faults("postgres:///credits"), []);
});

Deno.test("CORS_ORIGINS lists origins as browsers send them, and nothing else", () => {
  const CORS_ORIGINS = "https://app.example.com http://localhost:3000, https://b.example";
  assert.deepEqual(readConfig({ CORS_ORIGINS }).cors_origins, CORS_ORIGINS.split(/,? /));
  assert.deepEqual(readConfig({}).cors_origins, []);
  const wrong = [
    "*",
    "https://*.example.com",
    "https://app.example.com/",
    "app.example.com",
    "https://APP.example.com",
  ];
  for (const origin of [...wrong, "https://app.example.com:443", "null", "file://"]) {
    assert.match(
      faultsOf({ CORS_ORIGINS: `https://good.example ${origin}` }).join(),
      /^CORS_ORIGINS must be origins/,
    );
  }
});

Deno.test("NATS_URL names one server or several, needs DATABASE_URL, and excludes the test clock", () => {
  const secrets = { META_APP_SECRET: "secret", META_VERIFY_TOKEN: "token", ADMIN_KEY: "a-long-admin-key" };
  const of = (more: Readonly<Record<string, string>>) => faultsOf({ ...secrets, DATABASE_URL, ...more });
  for (const NATS_URL of ["nats://127.0.0.1:4222", "tls://user:p%40ss@one:4222,tls://two:4222/"]) {
    assert.deepEqual(of({ NATS_URL }), []);
  }
  for (
    const NATS_URL of ["127.0.0.1:4222", "http://nats:4222", "nats://", "nats://one/path", "nats://one,two"]
  ) {
    assert.match(of({ NATS_URL }).join(), /^NATS_URL must be nats:/, NATS_URL);
  }
  const NATS_URL = "nats://127.0.0.1:4222";
  assert.match(faultsOf({ NATS_URL }).join(), /^NATS_URL requires DATABASE_URL/);
  assert.match(of({ NATS_URL, TEST_CLOCK: "1" }).join(), /^NATS_URL must not be set with TEST_CLOCK=1/);
});
