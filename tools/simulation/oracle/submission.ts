import type { ContactEvent } from "../../../src/domain/company/command.ts";
import type { CompanyId } from "../../../src/domain/types.ts";

/** An input to the service, and whether the service has acknowledged it. */
export interface Submission<T> {
  /** Its id in the service's quarantine. */
  readonly id: string;
  readonly input: T;
  readonly company: CompanyId;
  acknowledged: boolean;
  /** Whether it was quarantined and metered by a replay. */
  replayed: boolean;
  /** When a process first received it, by that process's clock. Shared by the same event under other identifiers. */
  readonly receipt: { received_ms: number };
}

/** Describes an event in plain words. */
export function describeEvent(event: ContactEvent): string {
  const { type, message_id, at_ms } = event;
  const kind = type === "status" ? `status ${event.status}` : type;
  return `${kind} of ${message_id} at ${new Date(at_ms).toISOString()}`;
}
