import { rateHistory } from "../../../src/domain/company/activation.ts";
import { addDays } from "../../../src/domain/calendar.ts";
import type { FeatureCode, LocalDate } from "../../../src/domain/types.ts";
import { credits, INBOUND, OUTBOUND, SERVICE_MESSAGE } from "../../../src/domain/types.ts";
import type { FeatureName, RateHistory, RateVersion } from "../../../src/domain/rates.ts";
import type { MemoryStore } from "./store.ts";

/** The rate card in memory. It begins with the built-in rates. */
export class MemoryRateCard {
  readonly #store: MemoryStore;
  readonly #versions: RateVersion[] = [
    builtIn(INBOUND, 1),
    builtIn(OUTBOUND, 1),
    builtIn(SERVICE_MESSAGE, 0),
  ];
  readonly #names = new Map<FeatureCode, FeatureName>([
    [INBOUND, { "pt-BR": "Conversa iniciada pelo cliente", en: "Conversation opened by the customer" }],
    [OUTBOUND, { "pt-BR": "Conversa iniciada pela empresa", en: "Conversation opened by the company" }],
    [SERVICE_MESSAGE, { "pt-BR": "Resposta entregue ao cliente", en: "Reply delivered to the customer" }],
  ]);

  constructor(store: MemoryStore) {
    this.#store = store;
  }

  /** Reads all versions of all prices. */
  // deno-lint-ignore require-await
  async history(): Promise<RateHistory> {
    return rateHistory(
      this.#versions.toSorted((a, b) =>
        a.feature < b.feature ? -1 : a.feature > b.feature ? 1 : a.version - b.version
      ),
    );
  }

  /** Reads the names of features. */
  // deno-lint-ignore require-await
  async names(): Promise<Map<FeatureCode, FeatureName>> {
    return new Map(this.#names);
  }

  /** Adds a version. @returns false when the version exists */
  // deno-lint-ignore require-await
  async append(rate: RateVersion, name?: FeatureName): Promise<boolean> {
    const exists = this.#versions.some(({ feature, version }) =>
      feature === rate.feature && version === rate.version
    );
    if (exists) return false;
    this.#versions.push(rate);
    if (name !== undefined) this.#names.set(rate.feature, name);
    return true;
  }

  /** Renames a feature. */
  // deno-lint-ignore require-await
  async rename(feature: FeatureCode, name: FeatureName): Promise<void> {
    this.#names.set(feature, name);
  }

  /** Lists the time zones of all companies, scheduled and superseded ones too. */
  // deno-lint-ignore require-await
  async timeZones(): Promise<string[]> {
    const zones = this.#store.storedCompanies().flatMap(({ settings }) => settings.map((s) => s.time_zone));
    return [...new Set(zones)].sort();
  }

  /** Reads the latest local date that has begun in any company by an instant. */
  // deno-lint-ignore require-await
  async latestBegun(at_ms: number): Promise<LocalDate | undefined> {
    return this.#store.storedCompanies()
      .map(({ head }) => addDays(head.closed_through, head.due_at_ms <= at_ms ? 2 : 1)).sort().at(-1);
  }

  /** Reads the latest opening; one before `from_ms` is returned as `from_ms - 1`, as Postgres does. */
  // deno-lint-ignore require-await
  async latestOutbound(from_ms: number): Promise<number | undefined> {
    let latest: number | undefined;
    for (const { windows } of this.#store.storedCompanies()) {
      for (const { direction, window } of windows.values()) {
        if (direction === "outbound") latest = Math.max(latest ?? window.opened_at_ms, window.opened_at_ms);
      }
    }
    return latest === undefined ? undefined : Math.max(latest, from_ms - 1);
  }
}

function builtIn(feature: FeatureCode, price: number): RateVersion {
  return {
    company: null,
    feature,
    version: 1,
    credits: credits(price),
    effective_from: null,
    from_ms: null,
    recorded_at_ms: 0,
    recorded_by: "built-in",
  };
}
