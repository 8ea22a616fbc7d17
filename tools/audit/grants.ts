import type { ContractRow } from "./examination.ts";
import { daysIn } from "./local_days.ts";

/**
 * Returns the credits that a month must have been granted by the end of a date: the largest package in force on any
 * of its days.
 *
 * @param history in order of versions
 * @param through the last date that counts: nothing is granted after it yet
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

/** Returns the month's credits of the version in force on a date: the last recorded one that is not withdrawn. */
function packageOn(history: readonly ContractRow[], date: string, month: string): bigint {
  const withdrawn = history.flatMap((version) => version.withdraws);
  const terms = history.findLast((version) =>
    version.effective_from <= date && version.reason !== "taken_back" && !withdrawn.includes(version.version)
  );
  if (terms === undefined || terms.package_credits === null) return 0n;
  const is_part_of_month = terms.first_month === "prorated" && terms.starts_on.startsWith(month);
  const days = BigInt(daysIn(month));
  const days_held = is_part_of_month ? days - BigInt(terms.starts_on.slice(8)) + 1n : days;
  // Prorated by days, rounded up.
  return (terms.package_credits * days_held + days - 1n) / days;
}
