/** What the server and the script derive from a balance alike. */

import type { BalanceView } from "../report/view.ts";

/** The share of the package from which on a month is marked as nearly used, in per cent. */
const NEARLY_USED_PERCENT = 80;

/** The state of a month's package: amber and red on the page, except `calm`. */
export type Risk = "calm" | "nearly_used" | "excess";

/** Returns the state of a package. Without a package all use is excess by agreement, which is no risk. */
export function riskOf({ granted, consumed }: Pick<BalanceView, "granted" | "consumed">): Risk {
  if (granted === 0) return "calm";
  if (consumed > granted) return "excess";
  return 100 * consumed >= NEARLY_USED_PERCENT * granted ? "nearly_used" : "calm";
}

/**
 * Describes what depends on a balance other than its numbers: texts, colours and which elements the page has. The server
 * renders the page when it changes; otherwise the script writes the numbers into it.
 */
export function shapeOf(
  balance: Pick<
    BalanceView,
    | "granted"
    | "available"
    | "consumed"
    | "excess"
    | "excess_amount"
    | "total"
    | "currency"
    | "closed_through"
    | "open_windows"
  >,
): string {
  // `closed_through` stands for today: the numbers of a day are in the row of its date.
  const { closed_through, granted, available, consumed, excess_amount, total, currency } = balance;
  const known = [excess_amount, total].map((amount) => amount === null ? "unknown" : "known");
  const { inbound, outbound } = balance.open_windows;
  const texts = [
    ...[available === 0, available === 1, consumed === 1, balance.excess > 0],
    ...[inbound + outbound === 0, inbound + outbound === 1, inbound === 1, outbound === 1],
  ];
  return [closed_through, granted, riskOf(balance), currency, ...known, ...texts].join(" ");
}

/** Returns the width of the bar of a used share. */
export function barWidth(consumed: number, granted: number): string {
  return `${Math.round(10 * Math.min(100, 100 * consumed / granted)) / 10}%`;
}
