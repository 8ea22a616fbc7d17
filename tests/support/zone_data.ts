/** Other versions of the zone data, for tests. */

import { RUNTIME_ZONE_DATA, type ZoneData } from "../../src/domain/zone_data.ts";

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
