import assert from "node:assert/strict";
import type { StatusCategory } from "../../src/domain/contact_day.ts";
import type { FactKind } from "../../src/domain/ledger.ts";
import type { MetaCategory, PricingType } from "../../src/domain/meta_costs/types.ts";
import type { EntryType } from "../../src/domain/period.ts";
import type { Direction } from "../../src/domain/types.ts";
import { openPostgresStore } from "./test_store.ts";

/** The values of each type. The compiler rejects a list that misses one. */
const VALUES = {
  direction: valuesOf<Direction>({ inbound: true, outbound: true, none: true }),
  entry_type: valuesOf<EntryType>({
    grant: true,
    consumption: true,
    reversal: true,
    expiry: true,
    adjustment: true,
  }),
  meta_category: valuesOf<MetaCategory>({
    marketing: true,
    authentication_international: true,
    authentication: true,
    utility: true,
    service: true,
    unknown: true,
  }),
  pricing_type: valuesOf<PricingType>({
    regular: true,
    free_customer_service: true,
    free_entry_point: true,
    free_group_customer_service: true,
    unknown: true,
  }),
  status_category: valuesOf<StatusCategory>({
    marketing: true,
    utility: true,
    authentication: true,
    unnamed: true,
  }),
  fact_kind: valuesOf<FactKind>({
    wrote: true,
    noted: true,
    sent: true,
    delivered: true,
    read: true,
    played: true,
    failed: true,
    send_recorded: true,
    number_changed: true,
    alias_learned: true,
    send_failed: true,
    called: true,
    message_moved: true,
  }),
};

Deno.test("every enum of the database has the values that the service writes", async () => {
  await using subject = await openPostgresStore();
  const { rows } = await subject.pool.query<{ name: string; values: string[] }>(
    `select typname as name, array_agg(enumlabel::text order by enumsortorder) as values
      from pg_enum join pg_type on pg_type.oid = enumtypid group by 1`,
  );
  assert.deepEqual(Object.fromEntries(rows.map(({ name, values }) => [name, values])), VALUES);
});

function valuesOf<T extends string>(values: Readonly<Record<T, true>>): string[] {
  return Object.keys(values);
}
