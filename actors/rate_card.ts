import { Calendar, nextDate } from "../src/domain/calendar.ts";
import type { Refused } from "../src/domain/company/command.ts";
import { refused } from "../src/domain/company/command.ts";
import { ALWAYS } from "../src/domain/company/state.ts";
import { FUTURE_LIMIT_MS } from "../src/domain/lateness.ts";
import type { FeatureCode, LocalDate } from "../src/domain/types.ts";
import type {
  FeatureName,
  RateCardFeature,
  RateHistory,
  RateRequest,
  RateVersion,
} from "../src/domain/rates.ts";
import { outboundOf } from "../src/domain/rates.ts";
import type { Clock } from "../src/ports.ts";

/** Where the general card is kept. All of it rejects when the store cannot be reached. */
export interface RateCardStore {
  listFeatures(): Promise<readonly RateCardFeature[]>;
  /** @returns false when another version of this number was added first: read again */
  addVersion(version: RateVersion, name: FeatureName): Promise<boolean>;
  renameFeature(feature: FeatureCode, name: FeatureName): Promise<void>;
  /** The time zones of all companies, each once. */
  timeZones(): Promise<readonly string[]>;
  /**
   * When the outbound window that opened last of all did, if from a time on; the millisecond before that time, if
   * earlier; undefined when none ever did.
   */
  latestOutbound(from_ms: number): Promise<number | undefined>;
}

/** The general rate card, held in memory for every actor. */
export class RateCard {
  readonly #clock: Clock;
  readonly #store: RateCardStore;
  #features: readonly RateCardFeature[] = [];
  #history: RateHistory = new Map();

  constructor(clock: Clock, store: RateCardStore) {
    this.#clock = clock;
    this.#store = store;
  }

  /** What actors price by. The same object until a price changes. */
  current(): RateHistory {
    return this.#history;
  }

  /** Reads the card anew: at the start, and now and then, for what other processes changed. */
  async refresh(): Promise<void> {
    const features = await this.#store.listFeatures();
    if (JSON.stringify(features) === JSON.stringify(this.#features)) return;
    this.#features = features;
    this.#history = new Map(features.map(({ feature, versions }) => [feature, versions]));
  }

  async list(): Promise<readonly RateCardFeature[]> {
    await this.refresh();
    return this.#features;
  }

  async find(feature: FeatureCode): Promise<RateCardFeature | undefined> {
    return (await this.list()).find((known) => known.feature === feature);
  }

  /**
   * Sets a general price. A feature's first holds at once: from always, unless outbound windows have been charged in its
   * place, then for those that open after. A later one holds from a local date that has begun nowhere yet. So nothing
   * already charged is charged anew.
   *
   * @throws when the store cannot be reached
   */
  async setRate(asked: RateRequest, by: string): Promise<RateCardFeature | Refused> {
    while (true) {
      const known = await this.find(asked.feature);
      const name = asked.name ?? known?.name ?? { "pt-BR": asked.feature, en: asked.feature };
      const begun = await this.#latestDate();
      const versions = known?.versions ?? [];
      const now_ms = this.#clock.now_ms();
      const charged_ms = takesPlace(asked, versions)
        ? await this.#store.latestOutbound(secondOf(now_ms))
        : undefined;
      const version = nextVersion(asked, versions, begun, charged_ms, now_ms, by);
      if ("type" in version) return version;
      const latest = versions.at(-1);
      const same = latest?.credits === version.credits &&
        (asked.effective_from === undefined || latest.effective_from === version.effective_from);
      if (same) await this.#store.renameFeature(asked.feature, name);
      // Somebody else was first: what they set is seen, and ours comes after it.
      else if (!await this.#store.addVersion(version, name)) continue;
      return (await this.find(asked.feature))!;
    }
  }

  /** The latest local date anything can have been charged on: an event may run ahead of our clock. */
  async #latestDate(): Promise<LocalDate> {
    const latest_ms = this.#clock.now_ms() + FUTURE_LIMIT_MS;
    const zones = await this.#store.timeZones();
    const dates = (zones.length === 0 ? ["UTC"] : zones)
      .map((time_zone) => new Calendar([{ time_zone, effective_from: ALWAYS }]).dateOf(latest_ms));
    return dates.reduce((latest, date) => date > latest ? date : latest);
  }
}

/** The first price of a template's category takes the place of the price of every outbound window, and at once. */
function takesPlace({ feature, effective_from }: RateRequest, versions: readonly RateVersion[]): boolean {
  return versions.length === 0 && effective_from === undefined && isTemplateCategory(feature);
}

function nextVersion(
  asked: RateRequest,
  versions: readonly RateVersion[],
  begun: LocalDate,
  charged_ms: number | undefined,
  now_ms: number,
  by: string,
): RateVersion | Refused {
  const first = versions.length === 0;
  const given = asked.effective_from;
  if (given !== undefined && given <= begun && !(first && !isTemplateCategory(asked.feature))) {
    const remedy = `give a date after ${begun}, or none for the next one`;
    return refused("invalid", `${given} has already begun: ${remedy}`, ["effective_from"]);
  }
  return {
    company: null,
    feature: asked.feature,
    version: versions.length + 1,
    credits: asked.credits,
    effective_from: given ?? (first ? null : nextDate(begun)),
    // Those that opened before it stay as they were charged, also one by a clock that runs ahead of ours.
    from_ms: charged_ms === undefined ? null : Math.max(secondOf(now_ms), charged_ms + 1),
    recorded_at_ms: now_ms,
    recorded_by: by,
  };
}

function secondOf(at_ms: number): number {
  return at_ms - at_ms % 1000;
}

function isTemplateCategory(feature: FeatureCode): boolean {
  return (["marketing", "utility", "authentication"] as const).some((category) =>
    outboundOf(category) === feature
  );
}
