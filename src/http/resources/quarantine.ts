import { z } from "@hono/zod-openapi";
import { QUARANTINE_REASONS } from "../../domain/company/command.ts";
import { maskBsuid, maskPhone } from "../../domain/identity/phone.ts";
import { decodeCursor, pageOf } from "../kit/cursor.ts";
import {
  CompanyIdField,
  CursorField,
  formatInstant,
  formatInstantOrNull,
  InstantBody,
  LimitField,
  MillisecondsField,
  textField,
} from "../kit/fields.ts";
import { list } from "../kit/list.ts";
import type { QuarantineEntry, QuarantineReview } from "../../ports.ts";
import { Problem, unavailableProblem } from "../kit/problems.ts";
import { type Api, route } from "../kit/route.ts";

const IdField = z.guid({ error: "must be the id of a row of the quarantine" });

const KeptBody = z.object({
  id: z.string(),
  reason: z.enum(QUARANTINE_REASONS),
  received_at: InstantBody,
  phone_number_id: z.string().nullable(),
  company: z.string().nullable().openapi({ description: "Null while no company has the number." }),
  event: z.object({
    type: z.string().openapi({ example: "wrote" }),
    at: InstantBody.nullable().openapi({ description: "Its own time, where that could be read." }),
    contact: z.string().nullable().openapi({ description: "Masked.", example: "+55 11 •••••-0001" }),
    new_contact: z.string().nullable().openapi({ description: "Masked: whom a number change leads to." }),
    status: z.string().nullable(),
    message_type: z.string().nullable(),
    detail: z.string().nullable().openapi({ description: "What of it could not be read." }),
  }).openapi({ description: "What is kept of it, without the contact in full and without any message." }),
  replayed_at: InstantBody.nullable().openapi({ description: "When it was metered after all." }),
}).openapi("KeptEvent");

const OutcomeBody = z.union([
  z.object({ outcome: z.literal("metered") }),
  z.object({ outcome: z.literal("kept"), reason: z.enum(QUARANTINE_REASONS) }),
]).openapi("Replay");

const Place = z.object({ received_at_ms: MillisecondsField, id: z.guid() });

/** What could not be metered, and another try at it. */
export function quarantine(api: Api, kept: QuarantineReview): void {
  const shared = { policy: { scope: "admin" }, tag: "Operations" } as const;
  list(api, {
    ...shared,
    path: "/v1/quarantine",
    summary: "Events that could not be metered, newest first",
    query: z.strictObject({
      company: CompanyIdField.optional(),
      reason: z.enum(QUARANTINE_REASONS).optional(),
      phone_number_id: textField(40).optional(),
      limit: LimitField,
      cursor: CursorField,
    }),
    row: KeptBody,
    file: "quarantine",
  }, async ({ query: { limit, cursor, ...filter } }) => {
    const before = decodeCursor(Place, cursor);
    if (before instanceof Problem) return before;
    const rows = await kept.list({ ...filter, before, limit: limit + 1 });
    return pageOf(rows, limit, showKept, ({ received_at_ms, id }) => ({ received_at_ms, id }));
  });

  route(api, {
    ...shared,
    method: "post",
    path: "/v1/quarantine/{id}/replay",
    summary: "Try an event again",
    description: "One that was metered already stays so, and is not charged anew.",
    params: z.object({ id: IdField }),
    answer: OutcomeBody,
    problems: [404, 503],
  }, async ({ params: { id } }) => {
    const outcome = await kept.replay(id);
    if (outcome === undefined) return noEvent();
    if (outcome === "unavailable") {
      return unavailableProblem({ type: "unavailable", reason: "store_unreachable", retry_after_s: 1 });
    }
    return outcome.type === "metered"
      ? { outcome: "metered" as const }
      : { outcome: "kept" as const, reason: outcome.reason };
  });
}

function noEvent(): Problem {
  return new Problem(404, "no_event", "the quarantine has no event of this id: list it to see those it has");
}

function showKept(row: QuarantineEntry): z.infer<typeof KeptBody> {
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

/** An event as it was kept, whatever it is. */
interface Kept {
  readonly type?: unknown;
  readonly at_ms?: unknown;
  readonly contact?: unknown;
  readonly from?: unknown;
  readonly to?: unknown;
  readonly status?: unknown;
  readonly message_type?: unknown;
  readonly reason?: unknown;
  /** What is left of one that could not be read. */
  readonly event?: Kept;
}

function summaryOf({ event, reason }: QuarantineEntry): z.infer<typeof KeptBody>["event"] {
  const kept = (event ?? {}) as Kept;
  const left = kept.event ?? kept;
  return {
    // A conflict of identities is no event of Meta's: it names the two by their keys alone.
    type: textOrNull(kept.type) ?? reason,
    at: ownTime(kept.at_ms),
    contact: masked(left.contact ?? left.from),
    new_contact: masked(left.to),
    status: textOrNull(left.status),
    message_type: textOrNull(left.message_type),
    detail: textOrNull(kept.reason),
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

/** The time an event gives itself may be anything: that can be why it is here. */
function ownTime(at_ms: unknown): string | null {
  const is_instant = Number.isSafeInteger(at_ms) && Math.abs(at_ms as number) <= 8.64e15;
  return is_instant ? formatInstant(at_ms as number) : null;
}
