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

/** A balance as a response. */
export interface WrittenBalance {
  /**
   * Its version, and a checksum of all but its time. The version alone is not enough: a database that was restored to an
   * earlier state gives the same versions again, to other balances.
   */
  readonly tag: string;
  /** Returns the body as JSON, with a time that the balance was computed at. */
  textAt(as_of_ms: number): string;
}

/** By company, the last balance and its response: a balance is read more often than it changes. */
const last_written = new Map<CompanyId, WrittenBalance & { readonly balance: Balance }>();
/** The last balances are forgotten above this number. */
const LAST_WRITTEN_MAX = 10_000;

/** Writes a balance as a response. Between two of the same figures only the time changes, so it is written once. */
export function writtenBalance(balance: Balance): WrittenBalance {
  const last = last_written.get(balance.company);
  if (last !== undefined && hasSameFigures(last.balance, balance)) return last;
  if (last_written.size >= LAST_WRITTEN_MAX) last_written.clear();
  const written = { balance, ...write(balance) };
  last_written.set(balance.company, written);
  return written;
}

function write(balance: Balance): WrittenBalance {
  const { company, version, as_of: _, ...figures } = toBalanceBody(balance);
  const head = JSON.stringify({ company, version }).slice(0, -1);
  const rest = JSON.stringify(figures).slice(1);
  const checksum = hash("sha256", head + rest, "base64url").slice(0, CHECKSUM_LENGTH);
  return {
    tag: `${version}.${checksum}`,
    textAt: (as_of_ms) => `${head},"as_of":"${asOf(as_of_ms)}",${rest}`,
  };
}

function hasSameFigures(one: Balance, other: Balance): boolean {
  for (const name in one) {
    if (one[name as keyof Balance] !== other[name as keyof Balance] && name !== "as_of_ms") return false;
  }
  return true;
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
