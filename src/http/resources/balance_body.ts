import { z } from "@hono/zod-openapi";
import type { Balance } from "../../domain/company/balance.ts";
import { showInstant, ShownCredits, ShownDate, ShownInstant, ShownMonth } from "../kit/fields.ts";

/** A balance as it is sent, in an answer and on a stream alike. */
export const BalanceBody = z.object({
  company: z.string(),
  version: z.int().openapi({ description: "Rises with every change." }),
  as_of: ShownInstant,
  time_zone: z.string(),
  period: ShownMonth,
  granted: ShownCredits,
  consumed: ShownCredits,
  available: ShownCredits,
  excess: ShownCredits,
  renews_on: ShownDate.nullable(),
  commitment_ends_on: ShownDate.nullable(),
  closed_through: ShownDate,
  open_windows: z.object({ inbound: z.int(), outbound: z.int(), closes_at: ShownInstant }),
}).openapi("Balance");

export function showBalance(balance: Balance): z.infer<typeof BalanceBody> {
  const { company, version, time_zone, period, granted, consumed, available, excess } = balance;
  const { renews_on, commitment_ends_on, closed_through, open_inbound, open_outbound } = balance;
  return {
    company,
    version,
    as_of: showInstant(balance.as_of_ms),
    time_zone,
    period,
    granted,
    consumed,
    available,
    excess,
    renews_on,
    commitment_ends_on,
    closed_through,
    open_windows: {
      inbound: open_inbound,
      outbound: open_outbound,
      closes_at: showInstant(balance.closes_at_ms),
    },
  };
}
