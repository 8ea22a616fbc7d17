import assert from "node:assert/strict";
import { waitMs } from "./day_end.ts";

const at = (local: string) => Temporal.ZonedDateTime.from(`${local}[America/Sao_Paulo]`);

Deno.test("a session waits for the next day only in a day's last three minutes", () => {
  assert.equal(waitMs(at("2026-11-30T23:57:00")), 0);
  assert.equal(waitMs(at("2026-12-01T00:00:00")), 0);
  assert.equal(waitMs(at("2026-11-30T23:59:50")), 11_000);
  assert.equal(waitMs(at("2026-11-30T23:57:00.0005")), 181_000);
});
