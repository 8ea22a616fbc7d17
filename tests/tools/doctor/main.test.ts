import assert from "node:assert/strict";
import { main } from "../../../tools/doctor/main.ts";
import { createDatabase } from "../../support/database.ts";
import { SECRETS, ServiceProcess } from "../../support/service.ts";
import { assertCommandLine } from "../command_line.ts";

/** Runs the doctor, and returns its exit code and output. */
async function run(args: readonly string[], env: Record<string, string>) {
  const printed: string[] = [];
  const exit_code = await main(args, env, (text) => void printed.push(text));
  return { exit_code, output: printed.join("\n") };
}

Deno.test("the command line of the doctor explains itself", async () => {
  await assertCommandLine("tools/doctor/main.ts", "doctor");
});

Deno.test("every fault of an environment is a line, and no secret is printed", async () => {
  const env = { PORT: "http", ADMIN_KEY: "too-short-key", DATABASE_URL: "postgres://a:p@half/other@db/x" };
  const { exit_code, output } = await run([], env);
  assert.equal(exit_code, 1);
  assert.match(output, /^problem {2}environment: PORT must be a whole number/m);
  assert.match(output, /^problem {2}environment: ADMIN_KEY must have at least 16/m);
  assert.match(output, /^problem {2}environment: META_APP_SECRET is required/m);
  assert.match(output, /^Problems: 5; warnings: 0\.$/m);
  assert.doesNotMatch(output, /too-short-key|p@half|half\/other/);
});

Deno.test("of a running service the doctor finds the port, the public URL and the database, and prints no secret", async () => {
  await using database = await createDatabase();
  await using service = await ServiceProcess.start({ DATABASE_URL: database.url });
  const env = {
    ...SECRETS,
    DATABASE_URL: database.url,
    HOST: "127.0.0.1",
    PORT: new URL(service.url).port,
    PUBLIC_URL: service.url,
  };
  const { output } = await run(["--json"], env);
  const { findings } = JSON.parse(output) as {
    findings: { check: string; status: string; detail: string }[];
  };
  const found = (check: string) =>
    findings.filter((finding) => finding.check === check).map(({ status }) => status);
  for (
    const check of ["port", "public URL", "migrations", "grants", "service's role", "clock", "time zones"]
  ) {
    assert.deepEqual(found(check), ["ok"], `${check}: ${output}`);
  }
  for (const secret of [...Object.values(SECRETS), new URL(database.url).password]) {
    assert.ok(!output.includes(secret));
  }
});
