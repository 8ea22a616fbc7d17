import { defineTable } from "./write_table.ts";

/** SQL for the content of a quarantined event of an erased person. */
export const ERASED_EVENT = `'{"type":"erased"}'::jsonb`;

/** Returns SQL for whether an event may be from before an erasure: its time is not later, or unreadable. */
export function mayBeBefore(event: string, erased_at: string): string {
  return `(jsonb_typeof(${event}->'at_ms') is distinct from 'number'
    or (${event}->>'at_ms')::numeric <= extract(epoch from ${erased_at}) * 1000)`;
}

/** Keys whose quarantined events are erased, up to a time. */
export const ERASED_EVENTS = defineTable<"erased_events">({
  rows: "erased_events",
  name: "quarantine",
  statement: "erase",
  columns: {
    company_id: ["text", (row) => row.company],
    key: ["uuid", (row) => row.value.key],
    erased_at: ["timestamptz", (row) => row.value.until_ms],
  },
});
