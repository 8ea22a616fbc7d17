import { z } from "@hono/zod-openapi";
import type { ShownWindow } from "../../domain/company/command.ts";
import { showInstant, ShownCredits, ShownDate, ShownInstant } from "../kit/fields.ts";

export const DirectionField = z.enum(["inbound", "outbound"]);

/** A window as it is sent. */
export const WindowBody = z.object({
  direction: DirectionField,
  local_date: ShownDate,
  opened_at: ShownInstant,
  closes_at: ShownInstant,
  credits: ShownCredits,
}).openapi("Window");

/** A window is of a contact, so its direction is one of the two. */
export function showWindow(window: ShownWindow): z.infer<typeof WindowBody> {
  return {
    direction: window.direction === "outbound" ? "outbound" : "inbound",
    local_date: window.local_date,
    opened_at: showInstant(window.opened_at_ms),
    closes_at: showInstant(window.closes_at_ms),
    credits: window.credits,
  };
}
