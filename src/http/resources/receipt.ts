import { z } from "@hono/zod-openapi";
import { type ContractVersion, versionOn } from "../../domain/contract.ts";
import type { Cause, ChargeCause, LedgerEntry } from "../../domain/ledger.ts";
import { isCharge } from "../../domain/ledger.ts";
import { type Language, LANGUAGES, type ReceiptContext, sentenceOf } from "../../domain/receipt.ts";
import { languageSpecificity, negotiate } from "../kit/accept.ts";
import { toTermsBody } from "./contracts.ts";
import { excessPriceOf } from "./excess_price.ts";
import { CreditsBody, DateBody, formatInstant, formatPrice, InstantBody, MoneyBody } from "../kit/fields.ts";

/** The fields of a receipt beyond the ledger entry. */
export const ReceiptParts = {
  sentence: z.string().openapi({ description: "The reason for the entry, in one sentence." }),
  fact: z.object({
    kind: z.string(),
    at: InstantBody,
    usage_id: z.string().optional(),
    quantity: z.int().optional(),
    attribution: z.record(z.string(), z.string()).nullable(),
  }).nullable().openapi({ description: "The fact that caused the entry." }),
  message: z.object({
    key: z.string().nullable().openapi({
      description: "The company's keyed hash of the message id: it contains no phone number.",
    }),
    phone_number_id: z.string().nullable(),
    delivered_at: InstantBody.nullable().openapi({
      description: "When a charged reply was delivered; null for a message that opened a window.",
    }),
  }).nullable().openapi({
    description: "The message that opened the window, or the reply that was charged.",
  }),
  rate: z.object({ feature: z.string(), version: z.int(), own: z.boolean(), credits: CreditsBody })
    .nullable().openapi({ description: "The price of one unit; `own` if it is the company's own price." }),
  excess_amount: MoneyBody.nullable().openapi({
    description:
      "The price of the entry's excess: positive if it is owed, negative if it was given back. At the price at the end of " +
      "the month, as on the statement, and not rounded. Null without excess or without a price. Credits of the package have " +
      "no amount: the price of the package covers them.",
  }),
  excess_credit_price: MoneyBody.nullable().openapi({
    description: "The price of one credit of `excess_amount`; null without it.",
  }),
  currency: z.string().nullable().openapi({
    description: "The currency of `excess_amount`; null without it.",
  }),
  contract: z.object({
    version: z.int(),
    effective_from: DateBody,
    package: z.object({ credits: CreditsBody, price: MoneyBody.nullable() }).nullable(),
    excess_credit_price: MoneyBody.nullable(),
    currency: z.string(),
  }).nullable().openapi({ description: "The contract version in force when the entry was posted." }),
};

type Parts = z.infer<z.ZodObject<typeof ReceiptParts>>;

/** Selects Portuguese or English by `Accept-Language`, otherwise by the company's locale. */
export function languageOf(accept_language: string | null, locale: string): Language {
  const by_locale: Language = locale.toLowerCase().startsWith("pt") ? "pt-BR" : "en";
  return negotiate(accept_language, LANGUAGES, languageSpecificity) ?? by_locale;
}

/** Builds the fields of a receipt beyond the ledger entry. */
export function toReceiptParts(
  row: LedgerEntry,
  contract: readonly ContractVersion[],
  context: ReceiptContext,
): Parts {
  const { cause } = row;
  const price = excessPriceOf(row, contract);
  return {
    sentence: sentenceOf(row, context),
    fact: factOf(row, cause),
    message: messageOf(cause),
    rate: isCharge(cause) ? { ...cause.rate } : null,
    excess_amount: formatPrice(price?.amount ?? null),
    excess_credit_price: formatPrice(price?.credit_price ?? null),
    currency: price?.currency ?? null,
    contract: contractOf(row, contract),
  };
}

function messageOf(cause: Cause | null): Parts["message"] {
  if (cause?.type !== "window" && cause?.type !== "service_message") return null;
  const { message: key, phone_number_id } = cause;
  const delivered_at = cause.type === "window" ? null : formatInstant(cause.delivered_at_ms);
  return { key, phone_number_id, delivered_at };
}

function factOf(row: LedgerEntry, cause: Cause | null): Parts["fact"] {
  switch (cause?.type) {
    case "window":
    case "service_message":
      return { kind: cause.fact.kind, at: formatInstant(cause.fact.at_ms), attribution: labels(cause) };
    case "usage": {
      const { usage_id, quantity } = cause;
      return {
        kind: "usage",
        at: formatInstant(row.occurred_at_ms),
        usage_id,
        quantity,
        attribution: labels(cause),
      };
    }
    default:
      return null;
  }
}

function labels(cause: ChargeCause): Record<string, string> | null {
  return cause.attribution === null ? null : { ...cause.attribution };
}

/** Finds the version the entry names, otherwise the one in force on its date among those recorded by then. */
function contractOf(row: LedgerEntry, contract: readonly ContractVersion[]): Parts["contract"] {
  const { cause, local_date, recorded_at_ms } = row;
  const version = cause?.type === "contract"
    ? contract.find(({ version }) => version === cause.version)
    : versionOn(contract.filter((version) => version.recorded_at_ms <= recorded_at_ms), local_date);
  if (version === undefined) return null;
  return { version: version.version, effective_from: version.effective_from, ...toTermsBody(version.terms) };
}
