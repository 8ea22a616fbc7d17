import { Calendar, nextDate } from "../src/domain/calendar.ts";
import type { Refused } from "../src/domain/company/command.ts";
import { refused } from "../src/domain/company/command.ts";
import { ALWAYS } from "../src/domain/company/state.ts";
import { uncharged } from "../src/domain/features.ts";
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
import type { Clock } from "../src/ports/runtime.ts";

/** The stored rate card. Rejects when the store cannot be reached. */
export interface RateCardStore {
  listFeatures(): Promise<readonly RateCardFeature[]>;
  /** @returns false when a version of this number exists already: read again */
  addVersion(version: RateVersion, name: FeatureName): Promise<boolean>;
  renameFeature(feature: FeatureCode, name: FeatureName): Promise<void>;
  /** The distinct time zones of all companies. */
  timeZones(): Promise<readonly string[]>;
  /** The latest local date that has begun in any company by an instant, by its stored days; undefined without one. */
  latestBegun(at_ms: number): Promise<LocalDate | undefined>;
  /**
   * Returns when the latest outbound window opened, if at or after a time; one millisecond before that time if
   * earlier; undefined when no outbound window ever opened.
   */
  latestOutbound(from_ms: number): Promise<number | undefined>;
}

/** The rate card for all companies, in memory. */
export class RateCard {
  readonly #clock: Clock;
  readonly #store: RateCardStore;
  #features: readonly RateCardFeature[] = [];
  #history: RateHistory = new Map();

  constructor(clock: Clock, store: RateCardStore) {
    this.#clock = clock;
    this.#store = store;
  }

  /** Returns the rates that actors charge by: the same object until a rate changes. */
  current(): RateHistory {
    return this.#history;
  }

  /** Reads the rate card again: at startup, and periodically for changes of other processes. */
  async refresh(): Promise<void> {
    const features = await this.#store.listFeatures();
    if (JSON.stringify(features) === JSON.stringify(this.#features)) return;
    this.#features = features;
    this.#history = new Map(features.map(({ feature, versions }) => [feature, versions]));
  }

  /** Lists the features, after a refresh. */
  async list(): Promise<readonly RateCardFeature[]> {
    await this.refresh();
    return this.#features;
  }

  /** Finds a feature, after a refresh. */
  async find(feature: FeatureCode): Promise<RateCardFeature | undefined> {
    return (await this.list()).find((known) => known.feature === feature);
  }

  /**
   * Sets a rate for all companies, in such a way that no past charge changes. The first rate of a feature applies at
   * once: to all time, or, when it replaces the rate of outbound windows that were charged, to windows that open later.
   * A later rate applies from a local date that has not begun in any company's time zone.
   *
   * @throws when the store cannot be reached
   */
  async setRate(request: RateRequest, changed_by: string): Promise<RateCardFeature | Refused> {
    const refusal = uncharged(request.feature, request.credits);
    if (refusal !== undefined) return refusal;
    while (true) {
      const known = await this.find(request.feature);
      const name = request.name ?? known?.name ?? { "pt-BR": request.feature, en: request.feature };
      const begun = await this.#latestDate();
      const versions = known?.versions ?? [];
      const now_ms = this.#clock.now_ms();
      const charged_ms = replacesOutbound(request, versions)
        ? await this.#store.latestOutbound(secondOf(now_ms))
        : undefined;
      const version = nextVersion(request, versions, begun, charged_ms, now_ms, changed_by);
      if ("type" in version) return version;
      const latest = versions.at(-1);
      const same = latest?.credits === version.credits &&
        (request.effective_from === undefined || latest.effective_from === version.effective_from);
      if (same) await this.#store.renameFeature(request.feature, name);
      // Another process was first: read its version, and add ours after it.
      else if (!await this.#store.addVersion(version, name)) continue;
      return (await this.find(request.feature))!;
    }
  }

  /** Returns the latest local date that can have charges: events may be ahead of our clock. */
  async #latestDate(): Promise<LocalDate> {
    const latest_ms = this.#clock.now_ms() + FUTURE_LIMIT_MS;
    const [zones, begun] = await Promise.all([
      this.#store.timeZones(),
      // Under other zone data a company's date may have begun earlier than the zone data say now.
      this.#store.latestBegun(latest_ms),
    ]);
    const dates = (zones.length === 0 ? ["UTC"] : zones)
      .map((time_zone) => new Calendar([{ time_zone, effective_from: ALWAYS }]).dateOf(latest_ms));
    if (begun !== undefined) dates.push(begun);
    return dates.reduce((latest, date) => date > latest ? date : latest);
  }
}

/** Returns whether a rate replaces, at once, the common rate of outbound windows: the first of a template category. */
function replacesOutbound(
  { feature, effective_from }: RateRequest,
  versions: readonly RateVersion[],
): boolean {
  return versions.length === 0 && effective_from === undefined && isTemplateCategory(feature);
}

function nextVersion(
  request: RateRequest,
  versions: readonly RateVersion[],
  begun: LocalDate,
  charged_ms: number | undefined,
  now_ms: number,
  recorded_by: string,
): RateVersion | Refused {
  const first = versions.length === 0;
  const given = request.effective_from;
  if (given !== undefined && given <= begun && !(first && !isTemplateCategory(request.feature))) {
    const remedy = `give a date after ${begun}, or no date for the next one`;
    return refused("invalid_request", `${given} has already begun: ${remedy}`, ["effective_from"]);
  }
  return {
    company: null,
    feature: request.feature,
    version: versions.length + 1,
    credits: request.credits,
    effective_from: given ?? (first ? null : nextDate(begun)),
    // Windows that opened earlier keep their charge, also one that a clock ahead of ours opened.
    from_ms: charged_ms === undefined ? null : Math.max(secondOf(now_ms), charged_ms + 1),
    recorded_at_ms: now_ms,
    recorded_by,
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
