/** Why the server closed a connection: see the rules of these numbers in `connections.ts`. */
export type CloseReason =
  /** At the maximum, for a new one. CONNECTION-2. */
  | "made_room"
  /** Its client sent another request after the last answer. CONNECTION-6. */
  | "answered"
  /** Its client did not close it after the last answer, CONNECTION-6, or takes nothing of its answers, CONNECTION-9. */
  | "unread"
  /** It had too many requests in progress. CONNECTION-7. */
  | "concurrent_requests"
  /** It waited too long for its client. CONNECTION-8. */
  | "idle";

/** Counts connections. */
export class ConnectionCounts {
  /** The open connections. */
  open = 0;
  accepts_failed = 0;
  /** Connections closed by the server, by reason. */
  readonly closed: Map<CloseReason, number> = new Map(
    (["made_room", "answered", "unread", "concurrent_requests", "idle"] as const).map((
      reason,
    ) => [reason, 0]),
  );
}
