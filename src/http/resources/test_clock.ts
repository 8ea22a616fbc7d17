import { z } from "@hono/zod-openapi";
import { formatInstant, InstantBody, InstantField } from "../kit/fields.ts";
import type { MovableClock } from "../../ports/runtime.ts";
import { invalidRequest, Problem, unavailableProblem } from "../kit/problems.ts";
import { type Api, route } from "../kit/route.ts";

/** Maximum years per call: each day on the way is closed. */
const YEARS_MAX = 10;

const DurationField = z.string().transform((text, context): Temporal.Duration => {
  const duration = durationOf(text);
  if (duration !== undefined && duration.sign >= 0) return duration;
  context.addIssue({ code: "custom", message: "must be an ISO 8601 duration such as PT1H or P1D" });
  return z.NEVER;
}).openapi({ description: "An ISO 8601 duration.", example: "PT1H" });

const TestClockRequest = z.union([
  z.strictObject({ now: InstantField }),
  z.strictObject({ advance: DurationField }),
], { error: "must have exactly one field: now (an instant) or advance (a duration)" }).openapi(
  "TestClockRequest",
);

/** Declares the test clock, for tests of midnight and month end. Production has none. */
export function testClock(api: Api, clock: MovableClock): void {
  route(api, {
    method: "post",
    path: "/v1/test_clock",
    policy: { scope: "platform" },
    tag: "Test clock",
    operation_id: "advanceTestClock",
    summary: "Move the test clock forward",
    description:
      "Responds after every day that ended is closed. The clock then keeps running. An earlier instant is 409 " +
      "`clock_backwards`.",
    body: TestClockRequest,
    answer: z.object({ now: InstantBody }),
    problems: [409, 503],
  }, async ({ body }) => {
    const target = (from_ms: number) => "now" in body ? body.now : added(from_ms, body.advance);
    const now_ms = clock.now_ms();
    if (target(now_ms) > added(now_ms, Temporal.Duration.from({ years: YEARS_MAX }))) {
      return tooFar("now" in body ? "now" : "advance");
    }
    const verdict = await clock.advance(target);
    if (verdict === "clock_backwards") return backwards(clock.now_ms());
    return verdict === "advanced" ? { now: formatInstant(clock.now_ms()) } : unavailableProblem(verdict);
  });
}

/** Adds a duration. Infinity beyond the largest instant. */
function added(now_ms: number, duration: Temporal.Duration): number {
  const now = Temporal.Instant.fromEpochMilliseconds(now_ms).toZonedDateTimeISO("UTC");
  try {
    return now.add(duration).epochMilliseconds;
  } catch {
    return Infinity;
  }
}

function durationOf(text: string): Temporal.Duration | undefined {
  try {
    return Temporal.Duration.from(text);
  } catch {
    return undefined;
  }
}

function tooFar(path: "now" | "advance"): Problem {
  const message = `${path} must move the clock by at most ${YEARS_MAX} years a call: split the step`;
  return invalidRequest([{ path, message }]);
}

function backwards(now_ms: number): Problem {
  const detail = `The clock is at ${formatInstant(now_ms)} and only moves forward: send a later instant.`;
  return new Problem(409, "clock_backwards", detail);
}
