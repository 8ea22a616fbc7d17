/** A varied month of a company, played through the HTTP API, so that it runs against any service. */

import fc from "fast-check";
import type { Change } from "./payloads.ts";
import type { Client } from "./service.ts";
import { businessNumber, customerWrote, numberedCustomer, statusesOf } from "./payloads.ts";

/** A service to play the month on. */
export interface MonthTarget {
  /** Sends a request and returns the status. A refused request changes nothing and does not matter here. */
  request(method: string, path: string, body?: unknown): Promise<number>;
  deliver(...changes: readonly Change[]): Promise<unknown>;
  /** The service's current time. */
  now(): Promise<Temporal.Instant>;
}

/** One step of the month. `days_ago` counts back from the service's current time. */
export type Step =
  | {
    readonly type: "usage";
    readonly feature: number;
    readonly quantity: number;
    readonly days_ago: number;
    readonly team: number;
  }
  | { readonly type: "template"; readonly contact: number; readonly category: number; readonly team: number }
  | { readonly type: "wrote"; readonly contact: number; readonly business: number; readonly days_ago: number }
  | { readonly type: "sent"; readonly contact: number; readonly business: number; readonly days_ago: number }
  | { readonly type: "failed"; readonly template: number }
  | { readonly type: "advance"; readonly hours: number }
  | { readonly type: "agree"; readonly credits: number; readonly price: number };

/** The company of the month. */
export const COMPANY = "acme";
const BUSINESS_NUMBERS = [businessNumber(1), businessNumber(2)];
/** Credits per unit; one feature is free. */
const FEATURES = { "automation.run": 2, "sms.sent": 1, "note.kept": 0 };
const TEAMS = ["sales", "support", undefined];
const CATEGORIES = ["marketing", "utility", "authentication"];

/** Generates the steps of a month and the days after it. */
export function monthSteps(length_max: number): fc.Arbitrary<Step[]> {
  const below = (count: number) => fc.nat({ max: count - 1 });
  const step: fc.Arbitrary<Step> = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        type: fc.constant("usage" as const),
        feature: below(3),
        quantity: fc.integer({ min: 1, max: 9 }),
        days_ago: below(10),
        team: below(3),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        type: fc.constant("template" as const),
        contact: below(4),
        category: below(3),
        team: below(3),
      }),
    },
    {
      weight: 6,
      arbitrary: fc.record({
        type: fc.constantFrom("wrote" as const, "sent" as const),
        contact: below(4),
        business: below(2),
        days_ago: below(10),
      }),
    },
    { weight: 3, arbitrary: fc.record({ type: fc.constant("failed" as const), template: below(6) }) },
    {
      weight: 4,
      arbitrary: fc.record({
        type: fc.constant("advance" as const),
        hours: fc.integer({ min: 1, max: 150 }),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ type: fc.constant("agree" as const), credits: below(250), price: below(900) }),
    },
  );
  return fc.array(step, { maxLength: length_max, size: "max" });
}

/** Creates the company and plays the steps. */
export async function playMonth(target: MonthTarget, all: readonly Step[]): Promise<void> {
  const path = `/v1/companies/${COMPANY}`;
  await target.request("PUT", path, {
    name: "Acme",
    time_zone: "America/Sao_Paulo",
    phone_number_ids: BUSINESS_NUMBERS.map(({ phone_number_id }) => phone_number_id),
  });
  for (const [feature, credits] of Object.entries(FEATURES)) {
    await target.request("PUT", `/v1/features/${feature}`, { credits });
  }
  await target.request("PUT", "/v1/features/whatsapp.outbound.marketing", { credits: 3 });
  await target.request("PUT", `${path}/contract`, {
    package: { credits: 20, price: "9.90" },
    excess_credit_price: "0.155",
  });
  const templates: { readonly id: string; readonly contact: number }[] = [];
  for (const [number, step] of all.entries()) await playStep(target, step, number, templates);
}

async function playStep(
  target: MonthTarget,
  step: Step,
  number: number,
  templates: { readonly id: string; readonly contact: number }[],
): Promise<void> {
  const path = `/v1/companies/${COMPANY}`;
  const ago = async (days: number) => (await target.now()).subtract({ hours: 24 * days });
  const seconds = (at: Temporal.Instant) => Math.floor(at.epochMilliseconds / 1_000);
  const id = `step-${number}`;
  switch (step.type) {
    case "usage": {
      const team = TEAMS[step.team];
      await target.request("POST", `${path}/usage`, {
        id,
        feature: Object.keys(FEATURES)[step.feature],
        quantity: step.quantity,
        occurred_at: (await ago(step.days_ago)).toString(),
        ...(team === undefined ? {} : { attributes: { team } }),
      });
      return;
    }
    case "template": {
      const team = TEAMS[step.team];
      templates.push({ id, contact: step.contact });
      await target.request("POST", `${path}/messages`, {
        message_id: id,
        to: numberedCustomer(step.contact).phone,
        kind: "template",
        category: CATEGORIES[step.category],
        ...(team === undefined ? {} : { attribution: { team } }),
      });
      return;
    }
    case "wrote": {
      const message = { id, at_s: seconds(await ago(step.days_ago)) };
      await target.deliver(
        customerWrote(BUSINESS_NUMBERS[step.business]!, numberedCustomer(step.contact), message),
      );
      return;
    }
    case "sent": {
      const status = { id, at_s: seconds(await ago(step.days_ago)), status: "sent", category: "marketing" };
      await target.deliver(
        statusesOf(BUSINESS_NUMBERS[step.business]!, numberedCustomer(step.contact), status),
      );
      return;
    }
    case "failed": {
      const template = templates[step.template];
      if (template === undefined) return;
      const status = { id: template.id, at_s: seconds(await target.now()), status: "failed" };
      await target.deliver(statusesOf(BUSINESS_NUMBERS[0]!, numberedCustomer(template.contact), status));
      return;
    }
    case "advance":
      await target.request("POST", "/v1/test_clock", { advance: `PT${step.hours}H` });
      return;
    case "agree":
      await target.request("PUT", `${path}/contract`, {
        package: step.credits === 0 ? null : { credits: step.credits, price: String(step.price / 100) },
        excess_credit_price: "0.155",
      });
      return;
  }
}

/** Plays the same two busy months on any service that has a test clock and no companies. */
export async function playTwoMonths(client: Client): Promise<void> {
  // Far in the future, so that the machine's date does not matter.
  await client.ok("POST", "/v1/test_clock", { now: "2035-11-04T12:00:00Z" });
  const [all] = fc.sample(monthSteps(250).filter((some) => some.length > 200), { seed: 4, numRuns: 1 });
  await playMonth({
    request: async (method, path, body) => (await client.call(method, path, body)).status,
    deliver: (...changes) => client.deliver(...changes),
    now: async () =>
      Temporal.Instant.from((await client.ok("GET", `/v1/companies/${COMPANY}/balance`)).as_of),
  }, all!);
}
