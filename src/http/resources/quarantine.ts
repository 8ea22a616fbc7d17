import { z } from "@hono/zod-openapi";
import { QUARANTINE_REASONS } from "../../domain/company/command.ts";
import { maskBsuid, maskPhone } from "../../domain/identity/phone.ts";
import { decodeCursor, encodeCursor, pageOf } from "../kit/cursor.ts";
import {
  CompanyIdField,
  CursorField,
  formatInstant,
  formatInstantOrNull,
  InstantBody,
  LimitField,
  MillisecondsField,
  optionalField,
  textField,
} from "../kit/fields.ts";
import { list } from "../kit/list.ts";
import type { QuarantineEntry, QuarantineReview } from "../../ports/webhooks.ts";
import { Problem, unavailableProblem } from "../kit/problems.ts";
import { type Api, route } from "../kit/route.ts";

const IdField = z.guid({ error: "must be the id of a quarantined event" });

const EntryBody = z.object({
  id: z.string(),
  reason: z.enum(QUARANTINE_REASONS),
  received_at: InstantBody,
  phone_number_id: z.string().nullable(),
  company: z.string().nullable().openapi({ description: "Null if no company has the phone number." }),
  event: z.object({
    type: z.string().openapi({ example: "wrote" }),
    at: InstantBody.nullable().openapi({ description: "The event's own time, null if unreadable." }),
    contact: z.string().nullable().openapi({ description: "Masked.", example: "+55 11 •••••-0001" }),
    new_contact: z.string().nullable().openapi({
      description: "Masked. The new contact of a number change.",
    }),
    status: z.string().nullable(),
    message_type: z.string().nullable(),
    field: z.string().nullable().openapi({
      description:
        "The webhook field, if the version that received the event does not read it; otherwise null.",
      example: "customer_events",
    }),
    detail: z.string().nullable().openapi({ description: "Why the event could not be read." }),
  }).openapi({ description: "A summary of the event, with masked contacts and without message content." }),
  replayed_at: InstantBody.nullable().openapi({
    description: "When a replay metered the event, null if none did.",
  }),
}).openapi("QuarantineEntry");

const OutcomeBody = z.union([
  z.object({ outcome: z.literal("metered") }),
  z.object({
    outcome: z.literal("kept").openapi({ description: "The event stays in quarantine." }),
    reason: z.enum(QUARANTINE_REASONS),
  }),
]).openapi("Replay");

/** Events of one bulk replay. */
const REPLAYED_MAX = 1_000;

const ReplayRequest = z.strictObject({
  company: optionalField(CompanyIdField),
  reason: optionalField(z.enum(QUARANTINE_REASONS)),
  phone_number_id: optionalField(textField(40)),
  limit: optionalField(z.int().min(1).max(REPLAYED_MAX)).openapi({
    description: `The maximum number of events to replay, by default ${REPLAYED_MAX}.`,
  }),
  cursor: optionalField(textField(200)).openapi({ description: "`next_cursor` of the previous answer." }),
}).openapi("QuarantineReplayRequest");

const ReplayCountsBody = z.object({
  metered: z.int().openapi({ description: "Events that are metered now." }),
  kept: z.array(z.object({ reason: z.enum(QUARANTINE_REASONS), events: z.int() })).openapi({
    description: "Events that stay in quarantine, by reason.",
  }),
  unavailable: z.int().openapi({
    description: "Events whose company could not answer: replay them again.",
  }),
  next_cursor: z.string().nullable().openapi({ description: "Null after the last event." }),
}).openapi("ReplayCounts");

const CursorPosition = z.object({ received_at_ms: MillisecondsField, id: z.guid() });

/** Declares the calls that list and replay quarantined events. */
export function quarantine(api: Api, review: QuarantineReview): void {
  const shared = { policy: { scope: "platform" }, tag: "Operations" } as const;
  list(api, {
    ...shared,
    path: "/v1/quarantine",
    operation_id: "listQuarantinedEvents",
    summary: "List quarantined events",
    description: "Events that could not be metered, newest first, replayed ones included.",
    query: z.strictObject({
      company: CompanyIdField.optional(),
      reason: z.enum(QUARANTINE_REASONS).optional(),
      phone_number_id: textField(40).optional(),
      limit: LimitField,
      cursor: CursorField,
    }),
    row: EntryBody,
    file: "quarantine",
  }, async ({ query: { limit, cursor, ...filter } }) => {
    const before = decodeCursor(CursorPosition, cursor);
    if (before instanceof Problem) return before;
    const rows = await review.list({ ...filter, before, limit: limit + 1 });
    return pageOf(rows, limit, toEntryBody, ({ received_at_ms, id }) => ({ received_at_ms, id }));
  });

  route(api, {
    ...shared,
    method: "post",
    path: "/v1/quarantine/{id}/replay",
    operation_id: "replayQuarantinedEvent",
    summary: "Replay a quarantined event",
    description:
      "Meters the event, or returns `outcome` `kept` with the reason if it still cannot be metered. An event that was " +
      "already metered is not charged again. An event of an `unknown_field` is metered once the service reads that field.",
    params: z.object({ id: IdField }),
    answer: OutcomeBody,
    problems: [404, 503],
  }, async ({ params: { id } }) => {
    const outcome = await review.replay(id);
    if (outcome === undefined) return eventNotFound();
    if (outcome === "unavailable") {
      return unavailableProblem({ type: "unavailable", reason: "store_unreachable", retry_after_s: 1 });
    }
    return outcome.type === "metered"
      ? { outcome: "metered" as const }
      : { outcome: "kept" as const, reason: outcome.reason };
  });
  replayMany(api, review);
}

function replayMany(api: Api, review: QuarantineReview): void {
  route(api, {
    policy: { scope: "platform" },
    tag: "Operations",
    method: "post",
    path: "/v1/quarantine/replay",
    operation_id: "replayQuarantinedEvents",
    summary: "Replay many quarantined events",
    description:
      "Replays the events that match the body and that no replay has metered, newest first. Call again with " +
      "`next_cursor` until it is null.",
    body: ReplayRequest,
    answer: ReplayCountsBody,
  }, async ({ body: { limit = REPLAYED_MAX, cursor, ...filter } }) => {
    const before = decodeCursor(CursorPosition, cursor);
    if (before instanceof Problem) return before;
    const { metered, kept, unavailable, last } = await review.replayAll({ ...filter, before, limit });
    return {
      metered,
      kept: [...kept].map(([reason, events]) => ({ reason, events })),
      unavailable,
      next_cursor: last === undefined
        ? null
        : encodeCursor({ received_at_ms: last.received_at_ms, id: last.id }),
    };
  });
}

function eventNotFound(): Problem {
  return new Problem(404, "event_not_found", "No quarantined event with this id: list the quarantine.");
}

function toEntryBody(row: QuarantineEntry): z.infer<typeof EntryBody> {
  return {
    id: row.id,
    reason: row.reason,
    received_at: formatInstant(row.received_at_ms),
    phone_number_id: row.phone_number_id ?? null,
    company: row.company ?? null,
    event: summaryOf(row),
    replayed_at: formatInstantOrNull(row.replayed_at_ms),
  };
}

/** A stored event of any shape. */
interface StoredEvent {
  readonly type?: unknown;
  readonly at_ms?: unknown;
  readonly contact?: unknown;
  readonly from?: unknown;
  readonly to?: unknown;
  readonly status?: unknown;
  readonly message_type?: unknown;
  readonly field?: unknown;
  readonly reason?: unknown;
  /** The readable part of an unreadable event. */
  readonly event?: StoredEvent;
}

function summaryOf({ event, reason }: QuarantineEntry): z.infer<typeof EntryBody>["event"] {
  const stored = (event ?? {}) as StoredEvent;
  const readable = stored.event ?? stored;
  return {
    // An identity conflict is not an event of Meta: it has only the keys of the two contacts.
    type: textOrNull(stored.type) ?? reason,
    at: eventTimeOf(stored.at_ms),
    contact: masked(readable.contact ?? readable.from),
    new_contact: masked(readable.to),
    status: textOrNull(readable.status),
    message_type: textOrNull(readable.message_type),
    field: textOrNull(stored.field),
    detail: textOrNull(stored.reason),
  };
}

function masked(identifiers: unknown): string | null {
  const { phone, bsuid } = (identifiers ?? {}) as { readonly phone?: unknown; readonly bsuid?: unknown };
  if (typeof phone === "string") return maskPhone(phone);
  return typeof bsuid === "string" ? maskBsuid(bsuid) : null;
}

function textOrNull(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

/** Formats an event's own time, null if it is no valid instant: that can be the reason for the quarantine. */
function eventTimeOf(at_ms: unknown): string | null {
  const is_instant = Number.isSafeInteger(at_ms) && Math.abs(at_ms as number) <= 8.64e15;
  return is_instant ? formatInstant(at_ms as number) : null;
}
