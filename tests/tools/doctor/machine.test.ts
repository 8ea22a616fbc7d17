import assert from "node:assert/strict";
import { readConfig } from "../../../src/config/environment.ts";
import { runChecks } from "../../../tools/doctor/finding.ts";
import { checkDisk, checkMemory, checkOpenFiles, memoryLimitBytes } from "../../../tools/doctor/machine.ts";
import { checkMetaSecrets } from "../../../tools/doctor/secrets.ts";
import { checkTestClock } from "../../../tools/doctor/test_clock.ts";

const MB = 1024 * 1024;
const DATABASE = { DATABASE_URL: "postgres://db/credits", ADMIN_KEY: "a-long-admin-key" };

Deno.test("a heap of more than half of the memory is a problem that names the flag", () => {
  const heap = (limit_bytes: number) => ({ used_bytes: 0, limit_bytes });
  assert.equal(checkMemory(heap(1_000 * MB), 2_048 * MB).status, "ok");
  const { status, remedy } = checkMemory(heap(4_096 * MB), 2_048 * MB);
  assert.equal(status, "problem");
  assert.match(remedy!, /DENO_V8_FLAGS=--max-old-space-size=1024\b/);
  assert.ok(memoryLimitBytes() > 64 * MB);
});

Deno.test("few open files are a warning, and MAX_CONNECTIONS above them a problem", () => {
  assert.equal(checkOpenFiles(readConfig({}), 65_536).status, "ok");
  assert.equal(checkOpenFiles(readConfig({}), 1_024).status, "warning");
  assert.equal(checkOpenFiles(readConfig({ MAX_CONNECTIONS: "500" }), 1_024).status, "ok");
  const { status, detail } = checkOpenFiles(readConfig({ MAX_CONNECTIONS: "5000" }), 1_024);
  assert.equal(status, "problem");
  assert.match(detail, /^MAX_CONNECTIONS is 5000, but a limit of 1024 open files/);
});

Deno.test("a data folder is checked for the embedded Postgres only, and one that cannot be written is a problem", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const { status, detail } = await checkDisk(readConfig({ DATA_DIR: `${folder}/not/yet` }));
    assert.equal(status, "ok", detail);
    assert.deepEqual(await Array.fromAsync(Deno.readDir(folder)), []);
  } finally {
    await Deno.remove(folder);
  }
  // Even root cannot write there.
  const { status, detail } = await checkDisk(readConfig({ DATA_DIR: "/proc/credits" }));
  assert.deepEqual([status, detail], ["problem", "/proc cannot be written"]);
  const meta = { META_APP_SECRET: "secret", META_VERIFY_TOKEN: "token" };
  assert.equal(
    (await checkDisk(readConfig({ ...DATABASE, ...meta, DATA_DIR: "/proc/credits" }))).status,
    "ok",
  );
});

Deno.test("secrets of another shape than Meta's are warnings that do not quote them", () => {
  const check = (META_APP_SECRET: string, META_VERIFY_TOKEN: string) =>
    checkMetaSecrets(readConfig({ ...DATABASE, META_APP_SECRET, META_VERIFY_TOKEN }));
  const real = "0123456789abcdef0123456789abcdef";
  assert.deepEqual(check(`${real},${real}`, "a-token-of-some-length").map(({ status }) => status), ["ok"]);
  const findings = check(`${real},copied-by-half`, "short");
  assert.deepEqual(findings.map(({ status }) => status), ["warning", "warning"]);
  assert.match(findings[0]!.detail, /^1 of 2 app secrets/);
  assert.doesNotMatch(JSON.stringify(findings), /copied-by-half|"short"/);
  assert.deepEqual(checkMetaSecrets(readConfig({})).map(({ status }) => status), ["skipped"]);
});

Deno.test("a check that never ends or throws is a problem, and the next one runs", async () => {
  const findings = await runChecks([
    ["endless", () => new Promise(() => {})],
    ["thrown", () => Promise.reject(new Error("no such thing"))],
    ["last", () => ({ check: "last", status: "ok", detail: "it ran" })],
  ], 1);
  assert.deepEqual(findings.map(({ check, status }) => [check, status]), [
    ["endless", "problem"],
    ["thrown", "problem"],
    ["last", "ok"],
  ]);
});

Deno.test("a test clock is a warning, and the machine's clock is ok", () => {
  assert.equal(checkTestClock(readConfig({ TEST_CLOCK: "1" })).status, "warning");
  assert.equal(checkTestClock(readConfig({})).status, "ok");
});
