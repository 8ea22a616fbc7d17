import type { ContractRow } from "./examination.ts";
import { daysIn } from "./local_days.ts";

/**
 * What a month must have been granted by the end of a date, in the plainest reading of its contract: day by day,
 * the package in force; the largest of them is the month's.
 *
 * @param history in order of the versions
 * @param through the last date that counts: past it nothing has been granted yet
 */
export function grantedFor(history: readonly ContractRow[], month: string, through: string): bigint {
  let most = 0n;
  for (let day = 1; day <= daysIn(month); day++) {
    const date = `${month}-${String(day).padStart(2, "0")}`;
    if (date > through) break;
    const package_credits = packageOn(history, date, month);
    if (package_credits > most) most = package_credits;
  }
  return most;
}

/** Of the versions in force on a date that nobody took back, the one recorded last: what it gives a month. */
function packageOn(history: readonly ContractRow[], date: string, month: string): bigint {
  const withdrawn = history.flatMap((version) => version.withdraws);
  const terms = history.findLast((version) =>
    version.effective_from <= date && version.reason !== "taken_back" && !withdrawn.includes(version.version)
  );
  if (terms === undefined || terms.package_credits === null) return 0n;
  const is_part_of_month = terms.first_month === "prorated" && terms.starts_on.startsWith(month);
  const days = BigInt(daysIn(month));
  const days_held = is_part_of_month ? days - BigInt(terms.starts_on.slice(8)) + 1n : days;
  // By days, rounded up.
  return (terms.package_credits * days_held + days - 1n) / days;
}
