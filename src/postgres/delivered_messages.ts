import { type FactPricing, joinPricing, needsSending } from "../domain/meta_costs/fact_pricing.ts";
import type { ContactId, MessageKey } from "../domain/types.ts";
import type { DeliveredMessage, DeliveredMessages } from "../ports/meta_costs.ts";
import { companyKey } from "./company_key.ts";
import type { Pool } from "./connection.ts";
import { epochMs, instantText, safeInteger } from "./values.ts";

/**
 * Messages by their first status of a delivery within the time, with all their statuses: a message has statuses under
 * each key of its contact. A message that was delivered before the time is left out by its earliest delivery.
 */
const DELIVERED = `
  with arrived as (
    select message, min(occurred_at) as delivered_at, min(contact::text)::uuid as contact from facts
    where company = $1 and phone_number_id = $2 and kind in ('delivered', 'read', 'played')
      and occurred_at >= $3 and occurred_at < $4
    group by message
  ), page as (
    select * from arrived where (delivered_at, message) > ($5, $6) order by delivered_at, message limit $7
  )
  select page.message, person.contact, statuses.pricings, statuses.sending_seen, statuses.delivered_at = page.delivered_at as is_first,
    ${epochMs("page.delivered_at")} as delivered_at_ms
  from page cross join lateral (
    select coalesce(contact_id, key) as contact from contacts where company = $1 and key = page.contact offset 0
  ) person cross join lateral (
    select min(occurred_at) filter (where kind in ('delivered', 'read', 'played')) as delivered_at,
      bool_or(kind in ('sent', 'delivered')) as sending_seen,
      array_agg(distinct pricing) filter (where pricing is not null) as pricings
    from facts where company = $1 and message = page.message and contact in (
      select key from contacts where company = $1 and (key = person.contact or contact_id = person.contact)
    )
  ) statuses
  order by page.delivered_at, page.message`;

interface Row {
  readonly message: MessageKey;
  readonly contact: ContactId;
  readonly pricings: readonly FactPricing[] | null;
  readonly sending_seen: boolean;
  readonly is_first: boolean;
  readonly delivered_at_ms: bigint;
}

const NO_MESSAGE = "00000000-0000-0000-0000-000000000000";

/** Delivered messages in Postgres. */
export class PostgresDeliveredMessages implements DeliveredMessages {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /**
   * Reads messages that were delivered in `[from_ms, end_ms)`, in order of time and message.
   *
   * @throws {Error} when Postgres cannot be reached
   */
  async delivered(
    { company, phone_number_id, from_ms, end_ms, after, limit }: Parameters<
      DeliveredMessages["delivered"]
    >[0],
  ): Promise<DeliveredMessage[]> {
    const { rows } = await this.#pool.query<Row>(DELIVERED, [
      companyKey(company),
      phone_number_id,
      instantText(from_ms),
      instantText(end_ms),
      instantText(after?.delivered_at_ms ?? from_ms),
      after?.message ?? NO_MESSAGE,
      limit,
    ]);
    return rows.map(({ message, contact, delivered_at_ms, pricings, ...row }) => ({
      message,
      contact,
      delivered_at_ms: safeInteger(delivered_at_ms),
      pricing: row.is_first ? countedPricing(pricings ?? [], row.sending_seen) : undefined,
    }));
  }
}

/** The price of a message by all its statuses; undefined if it does not count. */
function countedPricing(pricings: readonly FactPricing[], sending_seen: boolean): FactPricing | undefined {
  const pricing = pricings.reduce<FactPricing | undefined>(joinPricing, undefined);
  return pricing !== undefined && needsSending(pricing) && !sending_seen ? undefined : pricing;
}
