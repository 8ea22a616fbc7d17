import { getLogger } from "@logtape/logtape";
import { nextDate } from "../domain/calendar.ts";
import type { CompanyId, LocalDate } from "../domain/types.ts";
import type { ZoneData } from "../domain/zone_data.ts";
import { runtimeZoneDataVersion, zoneRulesFingerprint } from "./zone_rules.ts";

/** Companies grouped by their recent local days: the zone and the stored end of each. */
export interface StoredDays {
  groups(ids_max: number): Promise<
    readonly {
      readonly days: readonly {
        readonly local_date: LocalDate;
        readonly time_zone: string;
        readonly ends_ms: number;
      }[];
      readonly companies: number;
      readonly first_companies: readonly CompanyId[];
    }[]
  >;
}

/** Company ids that one warning names. */
const IDS_MAX = 10;

const log = getLogger(["poli-credits"]);

/**
 * Compares the stored ends of recent local days with the zone data, at the start. Dates that have begun stay as they are
 * stored; a difference shows which companies' later dates follow other rules.
 */
export class ZoneCheck {
  readonly version = runtimeZoneDataVersion();
  readonly fingerprint = zoneRulesFingerprint();
  readonly #stored: StoredDays;
  readonly #zone_data: ZoneData;
  #differing = 0;

  constructor(stored: StoredDays, zone_data: ZoneData) {
    this.#stored = stored;
    this.#zone_data = zone_data;
  }

  /** Companies whose recent days ended by other rules than the zone data's, at the start. */
  get differing_companies(): number {
    return this.#differing;
  }

  /**
   * Logs the version of the zone data, and a warning for each group of companies whose stored days differ from it.
   *
   * @throws {Error} when the store cannot be reached
   */
  async run(): Promise<void> {
    const { version, fingerprint } = this;
    log.info("Zone data {version}, rules {fingerprint}", { version, fingerprint });
    let differing = 0;
    for (const { days, companies, first_companies } of await this.#stored.groups(IDS_MAX)) {
      const differs = days.find(({ local_date, time_zone, ends_ms }, i) => {
        const by_rules_ms = this.#zone_data.startOfDay(nextDate(local_date), time_zone);
        // A date that a change of zone leaves without time ends where it begins.
        return Math.max(by_rules_ms, days[i - 1]?.ends_ms ?? by_rules_ms) !== ends_ms;
      });
      if (differs === undefined) continue;
      differing += companies;
      const { time_zone: zone, local_date: date, ends_ms } = differs;
      const end = Temporal.Instant.fromEpochMilliseconds(ends_ms).toString();
      log.warn(
        "Zone data differ: {zone} had other rules on {date}, which ends at {end}. Dates that have begun stay; later " +
          "ones follow the new rules. Companies: {companies}, such as {first_companies}",
        { zone, date, end, companies, first_companies },
      );
    }
    this.#differing = differing;
  }
}
