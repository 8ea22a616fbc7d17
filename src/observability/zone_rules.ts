import { createHash } from "node:crypto";
import process from "node:process";

/** The years whose rules {@link zoneRulesFingerprint} covers: fixed, so that only other rules change it. */
const [FROM, TO] = ["2026-01-01T00:00:00Z", "2036-01-01T00:00:00Z"];

/** Returns the version of the tz database that the runtime names, such as `2026b`; `unknown` when it names none. */
export function runtimeZoneDataVersion(): string {
  return process.versions.tz ?? "unknown";
}

/**
 * Returns eight hex digits that identify the runtime's zone rules: the offsets and transitions of every zone in the years
 * 2026 to 2035. The version that a runtime names need not be that of the rules it applies.
 */
export function zoneRulesFingerprint(): string {
  const hash = createHash("sha256");
  const [from, to_ms] = [Temporal.Instant.from(FROM), Temporal.Instant.from(TO).epochMilliseconds];
  for (const zone of Intl.supportedValuesOf("timeZone")) {
    let at: Temporal.ZonedDateTime | null = from.toZonedDateTimeISO(zone);
    hash.update(`${zone} ${at.offset}`);
    while ((at = at.getTimeZoneTransition("next")) !== null && at.epochMilliseconds < to_ms) {
      hash.update(` ${at.epochMilliseconds} ${at.offset}`);
    }
    hash.update("\n");
  }
  return hash.digest("hex").slice(0, 8);
}
