/** Companies whose history the domain decides and the real writer stores in Postgres, change by change. */

import assert from "node:assert/strict";
import type { Change } from "../../../src/domain/company/change.ts";
import { changeOf, isStored } from "../../../src/domain/company/change.ts";
import type { Command, Reply } from "../../../src/domain/company/command.ts";
import { firstDays } from "../../../src/domain/company/new_company.ts";
import type { CompanyId } from "../../../src/domain/types.ts";
import { connect, createPool, disconnect } from "../../../src/postgres/connection.ts";
import { PostgresCompanyStore } from "../../../src/postgres/companies.ts";
import { PostgresWriter } from "../../../src/postgres/writer.ts";
import { audit } from "../../../tools/audit/audit.ts";
import type { Difference } from "../../../tools/audit/difference.ts";
import type { LiveService } from "../../../tools/audit/live.ts";
import { TestCompany, type TestCompanyOptions } from "../../support/company.ts";

/** A {@link TestCompany} that collects its changes until they are written. */
export class WrittenCompany extends TestCompany {
  readonly company: CompanyId;
  readonly beginning: TestCompanyOptions;
  readonly created_ms: number;
  #changes: Change[] = [];

  constructor(company: string, beginning: TestCompanyOptions) {
    super(beginning);
    this.company = company as CompanyId;
    this.beginning = beginning;
    this.created_ms = this.now_ms;
  }

  override execute(command: Command): Reply {
    const reply = super.execute(command);
    const events = this.last_events.filter(isStored);
    if (events.length > 0) {
      this.#changes.push({ ...changeOf(this.state, events, this.now_ms), company: this.company });
    }
    return reply;
  }

  /** Returns the collected changes and forgets them. */
  takeChanges(): Change[] {
    const changes = this.#changes;
    this.#changes = [];
    return changes;
  }
}

/** Creates companies in a database and writes their history so far. */
export async function createCompanies(url: string, ...companies: WrittenCompany[]): Promise<void> {
  const connections = createPool(url, { application_name: "test", max: 1 });
  const store = new PostgresCompanyStore(connections, url);
  try {
    for (const { company, beginning, created_ms } of companies) {
      const made = await store.create(company, {
        name: "Acme",
        locale: "pt-BR",
        time_zone: beginning.time_zone ?? "America/Sao_Paulo",
        template_in_open_window: beginning.policy ?? "charge",
        contact_secret: new Uint8Array(32).fill(7),
        created_at_ms: created_ms,
        created_by: "test",
        days: firstDays(beginning.time_zone ?? "America/Sao_Paulo", created_ms),
      });
      assert.ok(made);
      await connections.query("update companies set epoch = 1 where company_id = $1", [company]);
      for (const [feature, credits] of Object.entries(beginning.prices ?? {})) {
        await connections.query(
          `insert into rate_versions (company, company_id, feature, version, credits, recorded_at, recorded_by)
            values (company_key(''), '', $1, 1, $2, timestamptz 'epoch', 'test')
            on conflict (company, feature, version) do update set credits = excluded.credits`,
          [feature, credits],
        );
      }
    }
  } finally {
    await store.close();
    await connections.end();
  }
  await writeChanges(url, ...companies);
}

/** Writes the changes of companies since the last write. */
export async function writeChanges(url: string, ...companies: WrittenCompany[]): Promise<void> {
  const writer = new PostgresWriter(url, {
    onError(error) {
      throw error;
    },
  });
  try {
    for (const company of companies) {
      for (const change of company.takeChanges()) {
        assert.deepEqual([...await writer.write([change])], [company.company]);
      }
    }
  } finally {
    await writer.close();
  }
}

/** The findings of an audit. */
export interface Findings {
  /** Each as `company: value: expected …; found …`. */
  readonly differences: string[];
  readonly notes: string[];
  readonly facts: number;
  readonly live_balances: number;
}

/** Audits a database and returns the findings. */
export async function runAudit(
  url: string,
  { service, companies }: { service?: LiveService; companies?: readonly string[] } = {},
): Promise<Findings> {
  const differences: Difference[] = [];
  const notes: string[] = [];
  let facts = 0;
  const report = await audit({ database_url: url, service, companies }, {
    onCompany() {},
    onDifference: (difference) => void differences.push(difference),
    onNote: (company, note) => void notes.push(`${company}: ${note}`),
    onRowsRead(what, count) {
      if (what === "facts") facts += count;
    },
  });
  return {
    differences: differences.map(({ company, what, expected, found }) =>
      `${company}: ${what}: expected ${expected}; found ${found}`
    ),
    notes,
    facts,
    live_balances: report.live_balances,
  };
}

/** Changes rows of a database as superuser. */
export async function tamperWith(superuser_url: string, ...statements: string[]): Promise<void> {
  const client = await connect(superuser_url, { application_name: "test" });
  try {
    for (const statement of statements) {
      const { rowCount, command } = await client.query(statement);
      if (command !== "DROP") assert.equal(rowCount, 1, statement);
    }
  } finally {
    await disconnect(client);
  }
}
