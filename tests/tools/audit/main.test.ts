import assert from "node:assert/strict";
import { join } from "node:path";
import { main } from "../../../tools/audit/main.ts";
import { databaseFrom } from "../../../tools/audit/settings.ts";
import { startEmbeddedPostgres } from "../../../src/embedded_postgres/embedded_postgres.ts";
import { migrate } from "../../../src/postgres/migrations.ts";
import { seedCluster, temporaryFolder, withDatabase } from "../../support/database.ts";
import { FAST_SETTINGS } from "../../support/database_warden.ts";
import { ANA } from "../../support/fixtures.ts";
import { createCompanies, tamperWith, WrittenCompany } from "./written_company.ts";

/** An address where no server listens. */
const NOWHERE = "http://127.0.0.1:1";

interface Run {
  readonly exit_code: number;
  readonly lines: readonly string[];
  readonly progress: string;
}

async function run(
  args: readonly string[],
  env: Record<string, string>,
  { is_terminal = false } = {},
): Promise<Run> {
  const lines: string[] = [];
  let progress = "";
  const exit_code = await main(args, env, {
    line: (text) => void lines.push(text),
    progress: (text) => void (progress += text),
    is_terminal,
  });
  return { exit_code, lines, progress };
}

function companyWithMessage(name: string): WrittenCompany {
  const company = new WrittenCompany(name, { at: "2026-11-03 09:00" });
  company.wrote(ANA, "2026-11-04 10:00");
  return company;
}

Deno.test("the exit code is 0 when everything agrees and 1 when anything differs", async () => {
  await withDatabase(async ({ url, superuser_url }) => {
    await createCompanies(url, companyWithMessage("acme"), companyWithMessage("other"));
    const before = await run([], { DATABASE_URL: url });
    assert.deepEqual(before, {
      exit_code: 0,
      lines: ["2 companies audited (2 facts, 0 usages, 2 ledger entries): everything agrees."],
      progress: "company 1 of 2: acme (0 facts, 0 usages, 0 ledger entries read)\n" +
        "company 2 of 2: other (1 fact, 0 usages, 1 ledger entry read)\n",
    });
    await tamperWith(superuser_url, "update companies set ledger_seq = 7 where company_id = 'other'");
    const after = await run([], { DATABASE_URL: url });
    assert.equal(after.exit_code, 1);
    assert.deepEqual(after.lines, [
      "other: last ledger entry, by the company's head: expected 1; found 7",
      "2 companies audited (2 facts, 0 usages, 2 ledger entries): 1 difference in 1 company.",
    ]);
    assert.equal((await run(["--company", "acme"], { DATABASE_URL: url })).exit_code, 0);
  });
});

Deno.test("on a terminal one progress line is overwritten, and cleared before each finding", async () => {
  await withDatabase(async ({ url }) => {
    await createCompanies(url, companyWithMessage("acme"));
    const { progress } = await run([], { DATABASE_URL: url }, { is_terminal: true });
    assert.ok(progress.startsWith("\r\x1b[Kcompany 1 of 1: acme ("), JSON.stringify(progress));
    assert.ok(progress.endsWith("\r\x1b[K"), JSON.stringify(progress));
    assert.ok(!progress.includes("\n"));
  });
});

Deno.test("the exit code is 2 for an unknown company, an unknown option, or no database", async () => {
  await withDatabase(async ({ url }) => {
    const unknown = await run(["--company", "nobody"], { DATABASE_URL: url });
    assert.equal(unknown.exit_code, 2);
    assert.deepEqual(unknown.lines, [
      "The audit could not run: company nobody does not exist: check --company",
    ]);
  });
  const option = await run(["--fast"], { DATABASE_URL: "postgres://127.0.0.1:1/none" });
  assert.equal(option.exit_code, 2);
  assert.deepEqual(option.lines, ["Unknown option '--fast'. Run it with --help to list the options."]);
  const unreachable = await run([], { DATABASE_URL: "postgres://127.0.0.1:1/none" });
  assert.equal(unreachable.exit_code, 2);
  assert.match(unreachable.lines[0]!, /^The audit could not run: .*ECONNREFUSED/);
});

Deno.test("--help prints the usage and audits nothing", async () => {
  const { exit_code, lines } = await run(["--help"], {});
  assert.equal(exit_code, 0);
  assert.match(lines[0]!, /--company ID[^]*Exit codes: 0/);
});

Deno.test("a service that does not answer stops the audit only if --url names it", async () => {
  await withDatabase(async ({ url }) => {
    await createCompanies(url, companyWithMessage("acme"));
    const env = { DATABASE_URL: url, ADMIN_KEY: "pk_admin" };
    const named = await run(["--url", NOWHERE], env);
    assert.equal(named.exit_code, 2);
    assert.match(named.lines.at(-1)!, /does not answer: live balances were not compared/);
    const configured = await run([], { ...env, PUBLIC_URL: NOWHERE });
    assert.equal(configured.exit_code, 0);
    assert.match(configured.lines.at(-1)!, /^note: .* does not answer/);
    const without_key = await run(["--url", NOWHERE], { DATABASE_URL: url, DATA_DIR: "/nowhere" });
    assert.equal(without_key.exit_code, 2);
    assert.match(without_key.lines[0]!, /set --key or ADMIN_KEY/);
  });
});

Deno.test("without DATABASE_URL the audit uses the running embedded Postgres, or names the remedy", async () => {
  await using folder = await temporaryFolder();
  const data_dir = join(folder.path, "postgres");
  const env = { DATA_DIR: folder.path };
  const none = await run([], env);
  assert.equal(none.exit_code, 2);
  assert.match(none.lines[0]!, /There is no embedded Postgres in .*deno task start/);
  await seedCluster(data_dir);
  {
    await using postgres = await startEmbeddedPostgres({ data_dir, settings: FAST_SETTINGS });
    await migrate({ url: postgres.url });
    await createCompanies(postgres.url, companyWithMessage("acme"));
    assert.equal((await run([], env)).exit_code, 0);
    // Without DATA_DIR it looks in the folders of the tasks, such as that of the demo.
    const found = await databaseFrom({}, ["/nowhere", folder.path]);
    assert.deepEqual(found, { data_dir: folder.path, database_url: postgres.url });
    await assert.rejects(databaseFrom({}, [folder.path, folder.path]), /Services run under .* Set DATA_DIR/);
  }
  await assert.rejects(databaseFrom({}, ["/nowhere", folder.path]), /deno task demo\), set DATA_DIR/);
  const stopped = await run([], env);
  assert.equal(stopped.exit_code, 2);
  assert.match(stopped.lines[0]!, /The embedded Postgres of .* is not running\. Start the service/);
});
