import { companyKey } from "./company_key.ts";
import { defineTable } from "./write_table.ts";

/** SQL for the content of a quarantined event of an erased person. */
export const ERASED_EVENT = `'{"type":"erased"}'::jsonb`;

/**
 * Returns SQL for whether an event may be from before an erasure: its time is not later, or unreadable.
 *
 * @param erased_ms SQL for the time of the erasure in milliseconds
 */
export function mayBeBefore(event: string, erased_ms: string): string {
  return `(jsonb_typeof(${event}->'at_ms') is distinct from 'number'
    or (${event}->>'at_ms')::numeric <= ${erased_ms})`;
}

/** Keys whose quarantined events are erased, up to a time. */
export const ERASED_EVENTS = defineTable<"erased_events">({
  rows: "erased_events",
  name: "quarantine",
  statement: "erase",
  columns: {
    company: ["bigint", (row) => companyKey(row.company)],
    key: ["uuid", (row) => row.value.key],
    // Citus computes no milliseconds from an instant in an update.
    erased_ms: ["bigint", (row) => row.value.until_ms],
  },
});
