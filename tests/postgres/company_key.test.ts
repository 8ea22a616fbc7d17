import assert from "node:assert/strict";
import type { CompanyId } from "../../src/domain/types.ts";
import { companyKey } from "../../src/postgres/company_key.ts";
import { at, newCompany } from "./owner.ts";
import { openPostgresStore } from "./test_store.ts";

Deno.test("the service and Postgres compute the same key of a company", async () => {
  await using subject = await openPostgresStore();
  const companies = [
    "a",
    "A.b_c-9",
    "acme",
    "9f1c1f0e-3d2b-4a57-8a53-0c2f6c1d7e11",
    "x".repeat(64),
  ] as CompanyId[];
  for (const company of companies) {
    await subject.store.create(company, newCompany(company, at("2026-11-23T12:00:00Z")));
    const { rows } = await subject.pool.query<{ key: bigint }>(
      "select key from companies where company_id = $1",
      [company],
    );
    assert.equal(rows[0]!.key, companyKey(company), company);
  }
});
