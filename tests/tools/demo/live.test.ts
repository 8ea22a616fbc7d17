import assert from "node:assert/strict";
import { deliverDue } from "../../../tools/demo/live.ts";
import { usageAt } from "../../../tools/demo/delivery.ts";

Deno.test("the terminal shows each event with the balance after it, as the page does", async () => {
  let consumed = 0;
  const delivered: string[] = [];
  const api = {
    deliver: (_: string, { at_s }: { at_s: number }) =>
      Promise.resolve(void delivered.push(`${at_s}: ${++consumed}`)),
    balance: () =>
      Promise.resolve({
        as_of: "2026-11-23T14:30:00Z",
        granted: 2_000,
        consumed,
        available: 2_000 - consumed,
        excess: 0,
      }),
  };
  const lines: string[] = [];
  const company = "acme";
  const pending = [
    { ...usageAt(10, "usage"), company, description: "first" },
    { ...usageAt(11, "duplicate"), company },
    { ...usageAt(12, "usage"), company, description: "second" },
    { ...usageAt(13, "usage"), company, description: "third" },
  ];
  const rest = await deliverDue(api, { update: (line) => void lines.push(line) }, pending, 12);
  assert.deepEqual(delivered, ["10: 1", "11: 2", "12: 3"]);
  assert.deepEqual(lines, [
    "11:30:00  acme  consumed 1 · available 1,999 · excess 0  first",
    "11:30:00  acme  consumed 3 · available 1,997 · excess 0  second",
  ]);
  assert.deepEqual(rest, [pending[3]]);
});
