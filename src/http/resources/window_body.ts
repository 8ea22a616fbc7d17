import { z } from "@hono/zod-openapi";
import type { WindowView } from "../../domain/company/command.ts";
import { CreditsBody, DateBody, formatInstant, InstantBody } from "../kit/fields.ts";

/** The direction of a window. */
export const DirectionField = z.enum(["inbound", "outbound"]);

/** A window in a response. */
export const WindowBody = z.object({
  direction: DirectionField,
  local_date: DateBody,
  opened_at: InstantBody,
  closes_at: InstantBody,
  credits: CreditsBody,
}).openapi("Window");

/** Converts a window to its body. A window always has a direction. */
export function toWindowBody(window: WindowView): z.infer<typeof WindowBody> {
  return {
    direction: window.direction === "outbound" ? "outbound" : "inbound",
    local_date: window.local_date,
    opened_at: formatInstant(window.opened_at_ms),
    closes_at: formatInstant(window.closes_at_ms),
    credits: window.credits,
  };
}
