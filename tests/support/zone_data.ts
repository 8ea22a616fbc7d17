/** Other versions of the zone data, for tests. */

import { RUNTIME_ZONE_DATA, type ZoneData } from "../../src/domain/zone_data.ts";

/** The rules of Vancouver up to 2026, in any runtime: -08:00 in winter. */
export const VANCOUVER_CHANGES_CLOCKS = zoneDataWith({ "America/Vancouver": "America/Los_Angeles" });

/** The rules that British Columbia decided on in 2026: -07:00 all year. */
export const VANCOUVER_STAYS = zoneDataWith({ "America/Vancouver": "-07:00" });

/**
 * Returns zone data in which some zones follow the rules of others. A government that keeps Vancouver on -07:00 all
 * year is `{ "America/Vancouver": "-07:00" }`.
 */
export function zoneDataWith(changed: Readonly<Record<string, string>>): ZoneData {
  return {
    startOfDay: (date, zone) => RUNTIME_ZONE_DATA.startOfDay(date, changed[zone] ?? zone),
    dateOn: (at_ms, zone) => RUNTIME_ZONE_DATA.dateOn(at_ms, changed[zone] ?? zone),
  };
}
