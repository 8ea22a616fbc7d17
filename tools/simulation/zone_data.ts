import { RUNTIME_ZONE_DATA, type ZoneData } from "../../src/domain/zone_data.ts";
import { zoneDataWith } from "../../tests/support/zone_data.ts";

/** The versions of the zone data that a process can start with; the first one is the runtime's. */
export const ZONE_DATA: readonly ZoneData[] = [
  RUNTIME_ZONE_DATA,
  zoneDataWith({ "America/Sao_Paulo": "-02:00", "Africa/Cairo": "+03:00", "Europe/Berlin": "+02:00" }),
  zoneDataWith({ "America/Sao_Paulo": "-04:00", "America/Manaus": "-03:00", "Asia/Kathmandu": "+05:30" }),
];
