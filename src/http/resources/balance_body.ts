import { z } from "@hono/zod-openapi";
import { hash } from "node:crypto";
import type { Balance } from "../../domain/company/balance.ts";
import type { CompanyId } from "../../domain/types.ts";
import { CreditsBody, DateBody, formatInstant, InstantBody, MoneyBody, MonthBody } from "../kit/fields.ts";

/** A balance, in a response body and in a stream event. */
export const BalanceBody = z.object({
  company: z.string(),
  version: z.int().openapi({ description: "Rises with each change of the company." }),
  as_of: InstantBody.openapi({ description: "When the balance was computed." }),
  time_zone: z.string(),
  period: MonthBody.openapi({ description: "The current month in the company's time zone." }),
  granted: CreditsBody.openapi({ description: "Package credits granted this month." }),
  consumed: CreditsBody.openapi({ description: "Credits used this month." }),
  available: CreditsBody.openapi({ description: "Granted credits that are left, at least 0." }),
  excess: CreditsBody.openapi({ description: "Consumed credits beyond the package." }),
  consumed_today: CreditsBody.openapi({ description: "Credits used on the current local date." }),
  excess_amount: MoneyBody.nullable().openapi({
    description: "Price of the excess so far. Null if no price is set.",
  }),
  total: MoneyBody.nullable().openapi({
    description: "Price of the package and the excess so far, as on the month's statement.",
  }),
  currency: z.string().nullable(),
  renews_on: DateBody.nullable().openapi({
    description: "When the next package is granted, null if none is.",
  }),
  commitment_ends_on: DateBody.nullable().openapi({
    description: "The last date of the contract's commitment, null without a package.",
  }),
  closed_through: DateBody.openapi({ description: "The last closed date: the day before today." }),
  open_windows: z.object({
    inbound: z.int(),
    outbound: z.int(),
    closes_at: InstantBody.openapi({ description: "The end of the current local date." }),
  }).openapi({ description: "Number of open windows by direction." }),
}).openapi("Balance");

/** Converts a balance to its body. Instants become RFC 3339 in UTC. */
export function toBalanceBody(balance: Balance): z.infer<typeof BalanceBody> {
  const { company, version, time_zone, period, granted, consumed, available, excess } = balance;
  const { consumed_today, excess_amount, total, currency } = balance;
  const { renews_on, commitment_ends_on, closed_through, open_inbound, open_outbound } = balance;
  return {
    company,
    version,
    as_of: asOf(balance.as_of_ms),
    time_zone,
    period,
    granted,
    consumed,
    available,
    excess,
    consumed_today,
    excess_amount,
    total,
    currency,
    renews_on,
    commitment_ends_on,
    closed_through,
    open_windows: {
      inbound: open_inbound,
      outbound: open_outbound,
      closes_at: closesAt(balance.closes_at_ms),
    },
  };
}

/** Characters of a checksum: 48 bits. */
const CHECKSUM_LENGTH = 8;

/** By company, the last tag and the figures it is of: a balance is read more often than it changes. */
const last_tags = new Map<CompanyId, { readonly figures: string; readonly tag: string }>();
/** The last tags are forgotten above this number. */
const LAST_TAGS_MAX = 10_000;

/**
 * Returns the entity tag of a balance: its version, and a checksum of all but its time. The version alone is not enough: a
 * database that was restored to an earlier state gives the same versions again, to other balances.
 */
export function balanceTag(balance: Balance): string {
  const figures = JSON.stringify({ ...balance, as_of_ms: 0 });
  const last = last_tags.get(balance.company);
  if (last?.figures === figures) return last.tag;
  const tag = `${balance.version}.${hash("sha256", figures, "base64url").slice(0, CHECKSUM_LENGTH)}`;
  if (last_tags.size >= LAST_TAGS_MAX) last_tags.clear();
  last_tags.set(balance.company, { figures, tag });
  return tag;
}

/** Remembers the last instant: many balances have the same time, and those of a zone the same end of the day. */
function formatterOfRepeated(): (at_ms: number) => string {
  let last_ms: number | undefined;
  let last_text = "";
  return (at_ms) => {
    if (at_ms !== last_ms) [last_ms, last_text] = [at_ms, formatInstant(at_ms)];
    return last_text;
  };
}

const asOf = formatterOfRepeated();
const closesAt = formatterOfRepeated();
