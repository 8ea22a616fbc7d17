import { isolated } from "../../domain/bidi.ts";
import type { CompanyView } from "../../domain/company/command.ts";
import type { Language } from "../../domain/receipt.ts";
import type { RateCardAdmin } from "../../ports/prices.ts";

/** Returns the names of all features by code: those of the rate card, and the codes of the company's own features. */
export async function featureNames(
  rates: RateCardAdmin,
  view: CompanyView,
  language: Language,
): Promise<ReadonlyMap<string, string>> {
  const names = new Map<string, string>(
    (await rates.list()).map(({ feature, name }) => [feature, isolated(name[language])]),
  );
  for (const { feature } of view.own_rates) if (!names.has(feature)) names.set(feature, feature);
  return names;
}
