/** Reconciliations and delivered messages in memory. */

import type { ReconciliationStore } from "../../actors/reconciler.ts";
import { joinStatus, type MessageEvidence } from "../../src/domain/contact_day.ts";
import { needsSending } from "../../src/domain/meta_costs/fact_pricing.ts";
import type { ReconciliationLine } from "../../src/domain/meta_costs/reconciliation_lines.ts";
import type {
  LineQuery,
  NumberedLine,
  Reconciliation,
  ReconciliationQuery,
} from "../../src/domain/meta_costs/reconciliations.ts";
import type { ContactId, MessageKey } from "../../src/domain/types.ts";
import type { DeliveredMessage, DeliveredMessages } from "../../src/ports/meta_costs.ts";
import type { MemoryStore } from "../support/memory_store/store.ts";

/** Keeps reconciliations in memory. */
export class MemoryReconciliations implements ReconciliationStore {
  readonly #stored = new Map<string, { made: Reconciliation; lines: readonly NumberedLine[] }>();

  // deno-lint-ignore require-await
  async add(made: Reconciliation, lines: readonly ReconciliationLine[]): Promise<void> {
    this.#stored.set(made.id, { made, lines: lines.map((line, index) => ({ ...line, line: index + 1 })) });
  }

  // deno-lint-ignore require-await
  async list({ account_id, before, limit }: ReconciliationQuery): Promise<Reconciliation[]> {
    const place = ({ created_at_ms, id }: Pick<Reconciliation, "created_at_ms" | "id">) =>
      `${String(created_at_ms).padStart(16, "0")} ${id}`;
    return [...this.#stored.values()].map(({ made }) => made)
      .filter((made) => made.account_id === (account_id ?? made.account_id))
      .filter((made) => before === undefined || place(made) < place(before))
      .sort((a, b) => place(a) > place(b) ? -1 : 1).slice(0, limit);
  }

  // deno-lint-ignore require-await
  async find(id: string): Promise<Reconciliation | undefined> {
    return this.#stored.get(id)?.made;
  }

  // deno-lint-ignore require-await
  async lines(query: LineQuery): Promise<NumberedLine[]> {
    const { id, kinds, reason, phone_number_id, after = 0, limit } = query;
    return (this.#stored.get(id)?.lines ?? []).filter(({ line, kind, parts, ...key }) =>
      line > after && kinds.includes(kind) &&
      (reason === undefined || parts.some((part) => part.reason === reason)) &&
      key.phone_number_id === (phone_number_id ?? key.phone_number_id)
    ).slice(0, limit);
  }

  // deno-lint-ignore require-await
  async line(id: string, line: number): Promise<NumberedLine | undefined> {
    return this.#stored.get(id)?.lines[line - 1];
  }
}

/** Reads delivered messages from the facts of the memory store. */
export function deliveredMessagesOf(store: MemoryStore): DeliveredMessages {
  return {
    // deno-lint-ignore require-await
    async delivered({ company, phone_number_id, from_ms, end_ms, after, limit }) {
      const stored = store.stored(company);
      const evidence = new Map<MessageKey, MessageEvidence>();
      const contacts = new Map<MessageKey, ContactId>();
      for (const [key, facts] of stored?.facts ?? []) {
        for (const { kind, message, at_ms, ...fact } of facts.values()) {
          if (!isStatus(kind)) continue;
          const status = { ...fact, key: message, contact: key, status: kind, at_ms };
          evidence.set(message, joinStatus(evidence.get(message), status));
          contacts.set(message, stored!.contacts.get(key)!.contact_id);
        }
      }
      const place = ({ delivered_at_ms, message }: Pick<DeliveredMessage, "delivered_at_ms" | "message">) =>
        `${delivered_at_ms} ${message}`;
      return [...evidence.values()].flatMap((one): DeliveredMessage[] => {
        const { key: message, delivered_at_ms, pricing, sending_seen } = one;
        if (delivered_at_ms === undefined || one.phone_number_id !== phone_number_id) return [];
        if (delivered_at_ms < from_ms || delivered_at_ms >= end_ms) return [];
        const counts = pricing !== undefined && (sending_seen || !needsSending(pricing));
        return [{
          message,
          contact: contacts.get(message)!,
          delivered_at_ms,
          pricing: counts ? pricing : undefined,
        }];
      }).filter((row) => after === undefined || place(row) > place(after))
        .sort((a, b) => place(a) < place(b) ? -1 : 1).slice(0, limit);
    },
  };
}

const STATUSES = ["sent", "delivered", "read", "played", "failed"] as const;

function isStatus(kind: string): kind is typeof STATUSES[number] {
  return (STATUSES as readonly string[]).includes(kind);
}
