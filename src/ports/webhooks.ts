/** The events of Meta's webhooks, and those in quarantine. */

import type { QuarantineReason, Unavailable } from "../domain/company/command.ts";
import type { CompanyId } from "../domain/types.ts";
import type { WhatsAppEvent } from "../whatsapp/events.ts";

/** Receives the events of webhooks. */
export interface EventInbox {
  /** @returns `durable` once every event is committed, as a fact or in quarantine. Never rejects. */
  receive(events: readonly WhatsAppEvent[], received_at_ms: number): Promise<"durable" | Unavailable>;
}

/** A quarantined event. */
export interface QuarantineEntry {
  readonly id: string;
  readonly reason: QuarantineReason;
  readonly received_at_ms: number;
  readonly phone_number_id: string | undefined;
  /** Undefined when no company owned the number. */
  readonly company: CompanyId | undefined;
  /** The event without message bodies. It contains readable identifiers. */
  readonly event: unknown;
  /** When a replay metered it. */
  readonly replayed_at_ms: number | undefined;
}

/** Selects quarantined events, newest first. */
export interface QuarantineQuery {
  readonly company?: CompanyId | undefined;
  readonly reason?: QuarantineReason | undefined;
  readonly phone_number_id?: string | undefined;
  readonly before?: { readonly received_at_ms: number; readonly id: string } | undefined;
  /** Only events that no replay has metered. By default all. */
  readonly unreplayed?: boolean | undefined;
  readonly limit: number;
}

/** The outcome of a replay: the event is metered, or still cannot be. */
export type ReplayOutcome =
  | { readonly type: "metered" }
  | { readonly type: "kept"; readonly reason: QuarantineReason };

/** The outcomes of many replays. */
export interface ReplayCounts {
  readonly metered: number;
  /** Events that still cannot be metered, by reason. */
  readonly kept: ReadonlyMap<QuarantineReason, number>;
  /** Events whose company could not answer: another replay is needed. */
  readonly unavailable: number;
  /** The last event replayed, if more may follow it. */
  readonly last: { readonly received_at_ms: number; readonly id: string } | undefined;
}

/** Lists and replays quarantined events. */
export interface QuarantineReview {
  list(query: QuarantineQuery): Promise<readonly QuarantineEntry[]>;
  /** Replays the events of a query that no replay has metered, newest first, `limit` at most. */
  replayAll(query: QuarantineQuery): Promise<ReplayCounts>;
  /** Replays one event. Undefined when there is no such event, `unavailable` when its company could not answer. */
  replay(id: string): Promise<ReplayOutcome | "unavailable" | undefined>;
}
