import { z } from "@hono/zod-openapi";
import { daysBetween } from "../../domain/calendar.ts";
import { digitsOf } from "../../domain/meta_costs/pricing_analytics.ts";
import { LINE_KINDS } from "../../domain/meta_costs/reconciliation_lines.ts";
import {
  type CountedMessage,
  RECONCILED_DATES_MAX,
  type ReconciliationRefused,
} from "../../domain/meta_costs/reconciliations.ts";
import type { CompanyId, ContactId, MessageKey } from "../../domain/types.ts";
import type { Reconciliations } from "../../ports/meta_costs.ts";
import type { Reports } from "../../ports/reports.ts";
import { decodeCursor, pageOf } from "../kit/cursor.ts";
import {
  CompanyIdField,
  CursorField,
  formatInstant,
  idField,
  InstantBody,
  integerText,
  LimitField,
  LocalDateField,
  MillisecondsField,
  PhoneNumberIdField,
} from "../kit/fields.ts";
import { list } from "../kit/list.ts";
import { invalidRequest, Problem, unavailableProblem } from "../kit/problems.ts";
import { type Api, route } from "../kit/route.ts";
import type { Caller } from "../middleware/authentication.ts";
import { ContactBody, formatContacts } from "./contact_text.ts";
import {
  analyticsForm,
  POINTS_MAX,
  PRICING_ANALYTICS_CSV,
  PricingAnalyticsBody,
  type ReadAnalytics,
} from "./pricing_analytics_body.ts";
import {
  KindField,
  LineBody,
  ReasonField,
  ReconciliationBody,
  toLineBody,
  toReconciliationBody,
} from "./reconciliation_bodies.ts";

const AccountIdField = idField(64).openapi({ example: "102290129340398" });

/** The most numbers that one call names. */
const NUMBERS_MAX = 200;

const NumberField = z.string()
  .regex(/^\+?[\d().-]{5,40}:[!-~]{1,40}$/, {
    error: "must be a phone number and its id, such as 551130000001:106540352242922",
  })
  .transform((text): readonly [string, string] => {
    const at = text.indexOf(":");
    return [digitsOf(text.slice(0, at)), text.slice(at + 1)];
  })
  .openapi({ type: "string", example: "551130000001:106540352242922" });

const CreateQuery = z.strictObject({
  from: LocalDateField.openapi({ description: "The first date that Meta was asked for." }),
  to: LocalDateField.openapi({
    description: `The last date that Meta was asked for; at most ${RECONCILED_DATES_MAX} dates.`,
  }),
  account_id: AccountIdField.optional().openapi({
    description: "Meta's id of the account. By default the `id` of the body.",
  }),
  number: z.array(NumberField).max(NUMBERS_MAX).optional().openapi({
    description:
      "A phone number of Meta's data and its `phone_number_id`: repeat the parameter for each. By default the number " +
      "whose name is the phone.",
  }),
})
  .refine(({ from, to }) => from <= to, { path: ["from"], error: "must not be after to: swap the dates" })
  .refine(({ from, to }) => from > to || daysBetween(from, to) < RECONCILED_DATES_MAX, {
    path: ["to"],
    error: `must be at most ${RECONCILED_DATES_MAX - 1} days after from: send two reconciliations`,
  });

const IdPath = z.object({ id: z.guid({ error: "must be the id of a reconciliation" }) });
const LineField = integerText(1_000_000).openapi({ type: "integer", description: "The number of the line." });

const LinesQuery = z.strictObject({
  kind: z.array(KindField).optional().openapi({
    description:
      "Only lines of this kind: repeat the parameter for several. By default every kind but `matched`.",
  }),
  reason: ReasonField.optional(),
  phone_number_id: PhoneNumberIdField.optional(),
  limit: LimitField,
  cursor: CursorField,
});

const MessageBody = z.object({
  company: z.string(),
  message: z.string().openapi({ description: "A keyed hash of Meta's id of the message (wamid)." }),
  contact: ContactBody,
  contact_id: z.string().openapi({ description: "A keyed hash." }),
  delivered_at: InstantBody,
}).openapi("ReconciledMessage");

const ListPosition = z.object({ created_at_ms: MillisecondsField, id: z.guid() });
const LinePosition = z.int().min(1);
const MessagePosition = z.object({
  company: CompanyIdField,
  delivered_at_ms: MillisecondsField,
  message: z.guid().transform((key) => key as MessageKey),
});

const shared = { policy: { scope: "platform" }, tag: "Meta costs" } as const;

/** Declares the calls that compare Meta's figures with ours. */
export function reconciliations(api: Api, reconciling: Reconciliations, reports: Reports): void {
  createCall(api, reconciling);
  list(api, {
    ...shared,
    path: "/v1/reconciliations",
    operation_id: "listReconciliations",
    summary: "List reconciliations",
    description: "Newest first.",
    query: z.strictObject({
      account_id: AccountIdField.optional(),
      limit: LimitField,
      cursor: CursorField,
    }),
    row: ReconciliationBody,
    file: "reconciliations",
  }, async ({ query: { account_id, limit, cursor } }) => {
    const before = decodeCursor(ListPosition, cursor);
    if (before instanceof Problem) return before;
    const rows = await reconciling.list({ account_id, before, limit: limit + 1 });
    return pageOf(rows, limit, toReconciliationBody, ({ created_at_ms, id }) => ({ created_at_ms, id }));
  });

  route(api, {
    ...shared,
    method: "get",
    path: "/v1/reconciliations/{id}",
    operation_id: "getReconciliation",
    summary: "Get a reconciliation",
    params: IdPath,
    answer: ReconciliationBody,
    problems: [404],
  }, async ({ params: { id } }) => {
    const found = await reconciling.find(id);
    return found === undefined ? reconciliationNotFound() : toReconciliationBody(found);
  });
  lineCalls(api, reconciling, reports);
}

function createCall(api: Api, reconciling: Reconciliations): void {
  route(api, {
    ...shared,
    method: "post",
    path: "/v1/reconciliations",
    operation_id: "createReconciliation",
    summary: "Compare Meta's figures with ours",
    description:
      "The body is Meta's answer to `GET /{account_id}?fields=pricing_analytics.start(…).end(…).granularity(DAILY)" +
      ".dimensions(PHONE,COUNTRY,PRICING_CATEGORY,PRICING_TYPE)` as it is, or CSV of its data points. They are compared " +
      "with the messages that statuses say were delivered, by number, date of the account, category, type and country. " +
      "Each call makes a new reconciliation, with what is counted at its time; a repeated call with the same " +
      "`Idempotency-Key` makes none. Nothing else changes.",
    query: CreateQuery,
    query_lists: ["number"],
    body: PricingAnalyticsBody,
    body_limits: { bytes: 4 * 1024 * 1024, parts: 40 * POINTS_MAX },
    body_form: analyticsForm,
    also_accepts: { "text/csv": PRICING_ANALYTICS_CSV },
    answer: ReconciliationBody,
    status: 201,
  }, async ({ query, body, caller }) => {
    const { id, points, nameOf } = body as unknown as ReadAnalytics;
    const { account_id = id, from, to, number = [] } = query;
    if (account_id === undefined) return accountMissing();
    if (id !== undefined && id !== account_id) return otherAccount(id);
    const made = await reconciling.create({
      account_id,
      from,
      to,
      numbers: new Map(number),
      points,
      by: caller.name,
    });
    if (!("type" in made)) return toReconciliationBody(made);
    return made.type === "unavailable" ? unavailableProblem(made) : refusedProblem(made, nameOf);
  });
}

function lineCalls(api: Api, reconciling: Reconciliations, reports: Reports): void {
  list(api, {
    ...shared,
    path: "/v1/reconciliations/{id}/lines",
    operation_id: "listReconciliationLines",
    summary: "List the lines of a reconciliation",
    description: "In order of number, date, category, type and country. By default the differences.",
    params: IdPath,
    query: LinesQuery,
    query_lists: ["kind"],
    row: LineBody,
    file: "reconciliation-lines",
    problems: [404],
  }, async ({ params: { id }, query: { kind, limit, cursor, ...filter } }) => {
    const after = decodeCursor(LinePosition, cursor);
    if (after instanceof Problem) return after;
    const kinds = kind ?? LINE_KINDS.filter((kind) => kind !== "matched");
    const rows = await reconciling.lines({ id, kinds, ...filter, after, limit: limit + 1 });
    if (rows.length === 0 && await reconciling.find(id) === undefined) return reconciliationNotFound();
    return pageOf(rows, limit, toLineBody, ({ line }) => line);
  });

  list(api, {
    ...shared,
    path: "/v1/reconciliations/{id}/lines/{line}/messages",
    operation_id: "listReconciliationMessages",
    summary: "List our messages of a line",
    description:
      "The delivered messages that count on the line now, in order of time: statuses that came after the reconciliation " +
      "may have added, moved or priced some. Facts past their retention time have none.",
    params: IdPath.extend({ line: LineField }),
    query: z.strictObject({ limit: LimitField, cursor: CursorField }),
    row: MessageBody,
    file: "reconciliation-messages",
    problems: [404],
  }, async ({ params: { id, line }, query: { limit, cursor }, caller }) => {
    const after = decodeCursor(MessagePosition, cursor);
    if (after instanceof Problem) return after;
    const rows = await reconciling.messages(id, line, { after, limit: limit + 1 });
    if (rows === undefined) return lineNotFound();
    if ("type" in rows) return unavailableProblem(rows);
    const contacts = await contactsOf(reports, rows, caller);
    return pageOf(rows, limit, (row) => toMessageBody(row, contacts), positionOf);
  });
}

/** The readable or masked contacts of messages, by contact id. */
async function contactsOf(
  reports: Reports,
  messages: readonly CountedMessage[],
  caller: Caller,
): Promise<ReadonlyMap<ContactId, string>> {
  const contacts = new Map<ContactId, string>();
  for (const [company, of_company] of Map.groupBy(messages, ({ company }) => company)) {
    const ids = [...new Set(of_company.map(({ contact }) => contact))];
    for (const [id, text] of await formatContacts(reports, company as CompanyId, ids, caller)) {
      contacts.set(id, text);
    }
  }
  return contacts;
}

function toMessageBody(
  { company, message, contact, delivered_at_ms }: CountedMessage,
  contacts: ReadonlyMap<ContactId, string>,
): z.infer<typeof MessageBody> {
  return {
    company,
    message,
    contact: contacts.get(contact) ?? null,
    contact_id: contact,
    delivered_at: formatInstant(delivered_at_ms),
  };
}

function positionOf({ company, delivered_at_ms, message }: CountedMessage) {
  return { company, delivered_at_ms, message };
}

function refusedProblem({ field, message }: ReconciliationRefused, nameOf: ReadAnalytics["nameOf"]): Problem {
  const path = typeof field === "string" ? field : nameOf(field.index, field.name);
  return invalidRequest([{ path, message: `${path} ${message}` }]);
}

function accountMissing(): Problem {
  const message = "account_id is required: send it in the query, or Meta's answer with its `id`";
  return invalidRequest([{ path: "account_id", message }]);
}

function otherAccount(id: string): Problem {
  const message = `account_id must be ${id}, the account of the body: correct one of them`;
  return invalidRequest([{ path: "account_id", message }]);
}

function reconciliationNotFound(): Problem {
  const detail = "No reconciliation with this id: list them with GET /v1/reconciliations.";
  return new Problem(404, "reconciliation_not_found", detail);
}

function lineNotFound(): Problem {
  const detail = "No such line: list the lines with GET /v1/reconciliations/{id}/lines.";
  return new Problem(404, "line_not_found", detail);
}
