import assert from "node:assert/strict";
import type { CompanyId } from "../../src/domain/types.ts";
import { PostgresDayEnds } from "../../src/postgres/day_ends.ts";
import { createPool } from "../../src/postgres/connection.ts";
import { PostgresCompanyStore } from "../../src/postgres/companies.ts";
import { withDatabase } from "../support/database.ts";
import { at, newCompany } from "./owner.ts";

Deno.test("companies with equal recent days are one group, with the zone in force on each date", async () => {
  await withDatabase(async ({ url }) => {
    const pool = createPool(url, { application_name: "test", max: 1 });
    const store = new PostgresCompanyStore(pool, url);
    try {
      const noon = at("2026-11-23T12:00:00Z");
      for (const id of ["a", "b", "c"]) await store.create(id as CompanyId, newCompany(id, noon));
      await store.create("d" as CompanyId, newCompany("d", noon));
      await pool.query(
        `insert into company_settings values ('d', 2, '2026-11-23', 'America/Manaus', 'charge', now(), 'test', company_key('d'))`,
      );
      // Something is dated after the current day: later days are not compared.
      await pool.query(
        "insert into local_days values ('a', '2026-11-24', '2026-11-25T03:00:00Z', company_key('a'))",
      );
      const groups = await new PostgresDayEnds(pool).groups(2);
      assert.deepEqual(groups.map(({ companies, first_companies }) => [companies, first_companies]).sort(), [
        [1, ["d"]],
        [3, ["a", "b"]],
      ]);
      const { days } = groups.find(({ companies }) => companies === 3)!;
      assert.equal(days.length, 9);
      assert.deepEqual(days[0], {
        local_date: "2026-11-15",
        time_zone: "America/Sao_Paulo",
        ends_ms: at("2026-11-16T03:00:00Z"),
      });
      assert.equal(days.at(-1)!.ends_ms, at("2026-11-24T03:00:00Z"));
      const moved = groups.find(({ companies }) => companies === 1)!.days.map(({ time_zone }) => time_zone);
      assert.deepEqual([...new Set(moved)], ["America/Sao_Paulo", "America/Manaus"]);
      assert.equal(moved.at(-1), "America/Manaus");
    } finally {
      await store.close();
      await pool.end();
    }
  });
});
