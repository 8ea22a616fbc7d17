import assert from "node:assert/strict";
import { RateCard, type RateCardStore } from "../../actors/rate_card.ts";
import type { RateCardFeature, RateVersion } from "../../src/domain/rates.ts";
import { credits, type FeatureCode, INBOUND, type LocalDate } from "../../src/domain/types.ts";
import { rateCardVersion } from "../support/fixtures.ts";
import { MORNING_MS } from "../support/actors.ts";

Deno.test("a later price begins after every date that has begun in a company, by its stored days", async () => {
  for (
    const [begun, effective_from] of [
      [undefined, "2026-11-24"],
      ["2026-11-23", "2026-11-24"],
      // Under earlier zone data the company's 24th began before it does now.
      ["2026-11-24", "2026-11-25"],
    ] as const
  ) {
    const added: RateVersion[] = [];
    const card = new RateCard({ now_ms: () => MORNING_MS }, storeOf(begun as LocalDate | undefined, added));
    await card.setRate(
      { feature: INBOUND, credits: credits(3) } as Parameters<RateCard["setRate"]>[0],
      "a test",
    );
    assert.deepEqual(added.map((version) => version.effective_from), [effective_from]);
  }
});

/** A store of one feature, used by a company in São Paulo. */
function storeOf(begun: LocalDate | undefined, added: RateVersion[]): RateCardStore {
  const name = { "pt-BR": "Conversa", en: "Conversation" };
  const feature: RateCardFeature = {
    feature: INBOUND as FeatureCode,
    name,
    versions: [rateCardVersion(INBOUND, 1)],
  };
  return {
    listFeatures: () => Promise.resolve([{ ...feature, versions: [...feature.versions, ...added] }]),
    addVersion: (version) => Promise.resolve(added.push(version) > 0),
    renameFeature: () => Promise.resolve(),
    timeZones: () => Promise.resolve(["America/Sao_Paulo"]),
    latestBegun: () => Promise.resolve(begun),
    latestOutbound: () => Promise.resolve(undefined),
  };
}
