import assert from "node:assert/strict";
import { RUNTIME_ZONE_DATA } from "../../src/domain/zone_data.ts";
import type { CompanyId, LocalDate } from "../../src/domain/types.ts";
import { ZoneCheck } from "../../src/observability/zone_check.ts";
import { zoneRulesFingerprint } from "../../src/observability/zone_rules.ts";
import { VANCOUVER_CHANGES_CLOCKS, VANCOUVER_STAYS } from "../support/zone_data.ts";

Deno.test("companies whose days ended by other rules are counted, all others are not", async () => {
  const stored = storedDays(
    [
      3,
      day("America/Vancouver", "2026-11-28", "2026-11-29T08:00:00Z"),
      day("America/Vancouver", "2026-11-29", "2026-11-30T08:00:00Z"),
    ],
    [5, day("America/Sao_Paulo", "2026-11-29", "2026-11-30T03:00:00Z")],
    [7, day("-07:00", "2026-11-29", "2026-11-30T07:00:00Z")],
  );
  const earlier = new ZoneCheck(stored, VANCOUVER_CHANGES_CLOCKS);
  await earlier.run();
  assert.equal(earlier.differing_companies, 0);
  const other = new ZoneCheck(stored, VANCOUVER_STAYS);
  await other.run();
  assert.equal(other.differing_companies, 3);
});

Deno.test("a date that a change of zone left without time does not differ", async () => {
  // From Pago Pago to Kiritimati on the 1st of December: that date has no time.
  const stored = storedDays([
    1,
    day("Pacific/Pago_Pago", "2026-11-30", "2026-12-01T11:00:00Z"),
    day("Pacific/Kiritimati", "2026-12-01", "2026-12-01T11:00:00Z"),
    day("Pacific/Kiritimati", "2026-12-02", "2026-12-02T10:00:00Z"),
  ]);
  const check = new ZoneCheck(stored, RUNTIME_ZONE_DATA);
  await check.run();
  assert.equal(check.differing_companies, 0);
});

Deno.test("the fingerprint of the runtime's zone rules is eight hex digits, and the same each time", () => {
  assert.match(zoneRulesFingerprint(), /^[0-9a-f]{8}$/);
  assert.equal(zoneRulesFingerprint(), zoneRulesFingerprint());
});

function day(time_zone: string, local_date: string, ends: string) {
  return {
    time_zone,
    local_date: local_date as LocalDate,
    ends_ms: Temporal.Instant.from(ends).epochMilliseconds,
  };
}

function storedDays(...groups: readonly [number, ...ReturnType<typeof day>[]][]) {
  return {
    groups: () =>
      Promise.resolve(groups.map(([companies, ...days]) => {
        return { days, companies, first_companies: ["acme" as CompanyId] };
      })),
  };
}
