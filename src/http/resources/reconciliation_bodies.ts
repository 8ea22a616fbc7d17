/** The bodies of reconciliations. */

import { z } from "@hono/zod-openapi";
import {
  DIFFERENCE_REASONS,
  LINE_KINDS,
  type LineSide,
} from "../../domain/meta_costs/reconciliation_lines.ts";
import type { NumberedLine, Reconciliation } from "../../domain/meta_costs/reconciliations.ts";
import { META_CATEGORIES, PRICING_TYPES } from "../../domain/meta_costs/types.ts";
import { DateBody, formatInstant, formatPrice, InstantBody, MoneyBody } from "../kit/fields.ts";

/** The kind of a line. */
export const KindField = z.enum(LINE_KINDS);
/** The likely reason of a difference. */
export const ReasonField = z.enum(DIFFERENCE_REASONS);

const CostBody = MoneyBody.nullable().openapi({
  description: "In the account's currency; null if the cost of a message is not known.",
});

const SideBody = z.object({ messages: z.int(), cost: CostBody });

/** A reconciliation in a response. */
export const ReconciliationBody = z.object({
  id: z.string().openapi({ example: "1c6c0a5e-3a51-4b2f-8f0e-6c8f1d2b7a90" }),
  account_id: z.string().openapi({ description: "Meta's id of the WhatsApp Business Account." }),
  from: DateBody,
  to: DateBody,
  currency: z.string().openapi({ description: "The account's currency.", example: "USD" }),
  created_at: InstantBody,
  created_by: z.string(),
  data_points: z.int().openapi({ description: "Data points of Meta that were compared." }),
  ours: SideBody.openapi({ description: "Delivered messages by the statuses of webhooks." }),
  meta: SideBody.openapi({ description: "Delivered messages by Meta." }),
  lines: z.object({
    matched: z.int(),
    meta_alone: z.int(),
    ours_alone: z.int(),
    volume: z.int(),
    cost: z.int(),
  }).openapi({ description: "Lines by kind. `cost`: the messages are equal and the costs differ." }),
  costs_not_compared: z.int().openapi({
    description: "Lines with equal messages of which one side has no cost.",
  }),
  reasons: z.array(z.object({
    reason: ReasonField,
    lines: z.int(),
    messages: z.int().openapi({ description: "Meta's minus ours." }),
  })).openapi({ description: "The likely reasons of the differences." }),
}).openapi("Reconciliation");

/** A line in a response. */
export const LineBody = z.object({
  line: z.int().openapi({ description: "The number of the line: 1, 2, 3 …" }),
  kind: KindField,
  phone_number_id: z.string(),
  date: DateBody.openapi({ description: "In the account's time zone." }),
  category: z.enum(META_CATEGORIES),
  pricing_type: z.enum(PRICING_TYPES),
  country: z.string().nullable().openapi({
    description: "Of the recipients, ISO 3166; null if only their BSUIDs are known.",
    example: "BR",
  }),
  ours: SideBody,
  meta: SideBody,
  difference: SideBody.openapi({ description: "Meta's minus ours." }),
  reasons: z.array(z.object({
    reason: ReasonField,
    messages: z.int().openapi({ description: "Meta's minus ours; 0 if the prices differ." }),
    our_price: MoneyBody.nullable().openapi({
      description: "Of one message, where the prices differ; otherwise null.",
    }),
    meta_price: MoneyBody.nullable(),
  })).openapi({ description: "Likely reasons, whose messages add up to the difference." }),
}).openapi("ReconciliationLine");

/** Converts a reconciliation to its body. */
export function toReconciliationBody(
  { totals, created_at_ms, ...reconciliation }: Reconciliation,
): z.infer<typeof ReconciliationBody> {
  const { id, account_id, from, to, currency, created_by, data_points } = reconciliation;
  const { ours, meta, lines, costs_not_compared, reasons } = totals;
  return {
    id,
    account_id,
    from,
    to,
    currency,
    created_at: formatInstant(created_at_ms),
    created_by,
    data_points,
    ours: toSideBody(ours),
    meta: toSideBody(meta),
    lines,
    costs_not_compared,
    reasons: reasons.map((total) => ({ ...total })),
  };
}

/** Converts a line to its body. */
export function toLineBody(
  { line, kind, phone_number_id, date, category, pricing_type, country, ours, meta, parts }: NumberedLine,
): z.infer<typeof LineBody> {
  const cost = ours.cost === undefined || meta.cost === undefined ? null : meta.cost - ours.cost;
  return {
    line,
    kind,
    phone_number_id,
    date,
    category,
    pricing_type,
    country: country ?? null,
    ours: toSideBody(ours),
    meta: toSideBody(meta),
    difference: { messages: meta.messages - ours.messages, cost: formatPrice(cost) },
    reasons: parts.map(({ reason, messages, prices }) => ({
      reason,
      messages,
      our_price: formatPrice(prices?.ours ?? null),
      meta_price: formatPrice(prices?.meta ?? null),
    })),
  };
}

function toSideBody({ messages, cost }: LineSide): z.infer<typeof SideBody> {
  return { messages, cost: formatPrice(cost ?? null) };
}
