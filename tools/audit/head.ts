import { compare, type Examination } from "./examination.ts";
import type { LedgerSums } from "./ledger.ts";

/** Checks a company's head against its ledger, and that no version of its terms is missing. */
export function checkHead(examination: Examination, ledger: LedgerSums): void {
  const { contract, head, rates, settings } = examination;
  compare(examination, "last ledger entry, by the company's head", ledger.last_seq, head.ledger_seq);
  compare(examination, "number of ledger entries", ledger.last_seq, ledger.entries);
  checkVersions(examination, "settings", settings);
  checkVersions(examination, "contract", contract);
  const own = rates.filter(({ company_id }) => company_id !== "");
  for (const [feature, versions] of Map.groupBy(own, (rate) => rate.feature)) {
    checkVersions(examination, `own price of ${feature}`, versions);
  }
}

/** Checks that versions run 1, 2, 3 … without a gap. */
function checkVersions(
  examination: Examination,
  what: string,
  versions: readonly { readonly version: number }[],
): void {
  const found = versions.map(({ version }) => version);
  compare(examination, `versions of the ${what}`, found.map((_, i) => i + 1).join(", "), found.join(", "));
}
