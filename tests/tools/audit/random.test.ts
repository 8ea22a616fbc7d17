import assert from "node:assert/strict";
import fc from "fast-check";
import type { ContactEvent } from "../../../src/domain/company/command.ts";
import { type MessagePricing, NO_PRICING } from "../../../src/domain/meta_costs/fact_pricing.ts";
import type { TemplateCategory } from "../../../src/domain/types.ts";
import { MINUTE_MS } from "../../../src/time/units.ts";
import { withDatabase } from "../../support/database.ts";
import {
  ANA,
  BETO,
  CARLA,
  identifiersOf,
  PHONE_NUMBER_ID,
  statusEvent,
  type StatusName,
  wroteEvent,
} from "../../support/fixtures.ts";
import { createCompanies, runAudit, WrittenCompany } from "./written_company.ts";

const SECOND_MS = 1_000;
const PRICES = {
  "automation.run": 2,
  "whatsapp.outbound.marketing": 3,
  "whatsapp.outbound.utility": 0,
  "whatsapp.service_message": 2,
};

/** An action on the company. Its events happened some minutes before they arrive. */
type Action = (company: WrittenCompany) => void;

Deno.test("the audit agrees with any history of messages, sends, usage, merges, contracts and clock moves", async () => {
  await withDatabase(async ({ url }) => {
    let companies = 0;
    await fc.assert(
      fc.asyncProperty(
        beginning(),
        fc.array(action(), { minLength: 20, maxLength: 80, size: "max" }),
        async (beginning_values, actions) => {
          const company = new WrittenCompany(`company-${++companies}`, {
            ...beginning_values,
            prices: PRICES,
          });
          for (const [, run] of actions) {
            company.now_ms += SECOND_MS;
            run(company);
          }
          await createCompanies(url, company);
          const { differences } = await runAudit(url, { companies: [company.company] });
          assert.deepEqual(differences, []);
        },
      ),
      { numRuns: Number(Deno.env.get("RUNS") ?? 40) },
    );
  });
});

function beginning() {
  return fc.record({
    at: fc.constantFrom("2026-10-20 09:00", "2026-10-31 23:59", "2026-11-01 00:00"),
    time_zone: fc.constantFrom("America/Sao_Paulo", "Asia/Kathmandu", "Pacific/Chatham", "Africa/Cairo"),
    policy: fc.constantFrom("charge" as const, "free" as const),
  });
}

/** Actions with names, so that a failing history is readable. */
function action(): fc.Arbitrary<[string, Action]> {
  return fc.oneof(
    { arbitrary: named("wrote", wrote()), weight: 5 },
    { arbitrary: named("status", status()), weight: 8 },
    { arbitrary: named("statuses of one second", statusesOfOneSecond()), weight: 2 },
    { arbitrary: named("send", send()), weight: 3 },
    { arbitrary: named("send failed", sendFailed()), weight: 2 },
    { arbitrary: named("use", use()), weight: 2 },
    { arbitrary: named("number changed", numberChanged()), weight: 1 },
    { arbitrary: named("clock moved", clockMoved()), weight: 4 },
    { arbitrary: named("terms changed", termsChanged()), weight: 3 },
    { arbitrary: named("account set", accountSet()), weight: 1 },
    { arbitrary: fc.constant<[string, Action]>(["restart", (company) => company.restart()]), weight: 1 },
  );
}

function named<T>(
  name: string,
  arbitrary: fc.Arbitrary<{ values: T; run: (company: WrittenCompany, values: T) => void }>,
) {
  return arbitrary.map(({ values, run }): [string, Action] => [
    `${name} ${JSON.stringify(values)}`,
    (company) => run(company, values),
  ]);
}

function withValues<T>(values: fc.Arbitrary<T>, run: (company: WrittenCompany, values: T) => void) {
  return values.map((values) => ({ values, run }));
}

function wrote() {
  return withValues(
    fc.record({ contact: contact(), minutes_ago: minutesAgo() }),
    (company, { contact, minutes_ago }) => {
      const at_ms = company.now_ms - minutes_ago * MINUTE_MS;
      deliver(company, wroteEvent(contact, at_ms, `wrote ${contact} ${at_ms}`));
    },
  );
}

function status() {
  const values = fc.record({
    message: message(),
    status: fc.constantFrom<StatusName>("sent", "sent", "delivered", "read", "failed"),
    to: contact(),
    minutes_ago: minutesAgo(),
    template: fc.boolean(),
    category: category(),
    callback: fc.option(message(), { nil: undefined }),
    pricing: pricing(),
  });
  return withValues(values, (company, { message, status, minutes_ago, ...details }) => {
    deliver(company, statusEvent(status, message, company.now_ms - minutes_ago * MINUTE_MS, details));
  });
}

/** Gives several contacts for one message. */
function statusesOfOneSecond() {
  const values = fc.record({
    message: message(),
    people: fc.array(contact(), { minLength: 2, maxLength: 4 }),
    minutes_ago: minutesAgo(),
    template: fc.boolean(),
    status: fc.constantFrom<StatusName>("sent", "delivered"),
    pricing: pricing(),
  });
  return withValues(values, (company, { message, people, minutes_ago, status, ...details }) => {
    const at_ms = company.now_ms - minutes_ago * MINUTE_MS;
    for (const to of people) deliver(company, statusEvent(status, message, at_ms, { to, ...details }));
  });
}

/** Delivers an event now. */
function deliver(company: WrittenCompany, event: ContactEvent): void {
  company.execute({ type: "record", events: [event], received_at_ms: company.now_ms });
}

function send() {
  const values = fc.record({
    kind: fc.constantFrom("template" as const, "free_form" as const),
    to: contact(),
    message: message(),
    category: category(),
  });
  return withValues(values, (company, { kind, to, message, category }) => {
    company.send(kind, to, message, { category });
  });
}

function sendFailed() {
  return withValues(fc.record({ message: message() }), (company, { message }) => {
    company.sendFailed(message);
  });
}

function use() {
  return withValues(
    fc.record({ quantity: fc.nat({ max: 9 }), id: fc.nat({ max: 20 }), minutes_ago: minutesAgo() }),
    (company, { quantity, id, minutes_ago }) => {
      const occurred_at_ms = company.now_ms - minutes_ago * MINUTE_MS;
      const usage = { id: `run ${id}`, feature: "automation.run" as never, quantity, occurred_at_ms };
      company.execute({ type: "report_usage", usages: [{ ...usage, attributes: undefined }] });
    },
  );
}

function numberChanged() {
  return withValues(fc.record({ from: contact(), to: contact() }), (company, { from, to }) => {
    deliver(company, {
      type: "number_changed",
      from: identifiersOf(from),
      to: identifiersOf(to),
      at_ms: company.now_ms,
      message_id: `change ${from} ${to}`,
      phone_number_id: "1",
    });
  });
}

function clockMoved() {
  const minutes = fc.oneof(fc.nat({ max: 90 }), fc.nat({ max: 1_500 }), fc.nat({ max: 20_000 }));
  return withValues(minutes, (company, minutes) => company.advanceToMs(company.now_ms + minutes * MINUTE_MS));
}

function termsChanged() {
  const values = fc.oneof(
    fc.record({ package: fc.option(fc.nat({ max: 12 })), first_month: fc.constantFrom("full", "prorated") }),
    fc.record({ price: fc.nat({ max: 4 }), feature: fc.constantFrom(...PRICED) }),
    fc.record({ time_zone: fc.constantFrom("Asia/Tokyo", "America/Los_Angeles", "Pacific/Kiritimati") }),
    fc.record({ policy: fc.constantFrom("charge", "free") }),
    fc.constantFrom({ cancel: true }, { cancel: false }),
  ) as fc.Arbitrary<Terms>;
  return withValues(values, (company, terms) => {
    if (terms.package !== undefined) company.changeContract(terms as { package: number | null });
    else if (terms.feature !== undefined) company.setRate(terms.feature, terms.price!);
    else if (terms.time_zone !== undefined) company.configure({ time_zone: terms.time_zone });
    else if (terms.policy !== undefined) company.configure({ template_in_open_window: terms.policy });
    else if (terms.cancel) company.cancelContract();
    else company.withdrawCancellation();
  });
}

interface Terms {
  readonly package?: number | null;
  readonly first_month?: "full" | "prorated";
  readonly price?: number;
  readonly feature?: string;
  readonly time_zone?: string;
  readonly policy?: "charge" | "free";
  readonly cancel?: boolean;
}

const PRICED = [
  "automation.run",
  "whatsapp.inbound",
  "whatsapp.outbound",
  "whatsapp.outbound.marketing",
  "whatsapp.service_message",
];

/** What a status says of Meta's price; undefined: it is not read. */
function pricing(): fc.Arbitrary<MessagePricing | undefined> {
  return fc.constantFrom<MessagePricing | undefined>(
    undefined,
    NO_PRICING,
    { category: "marketing", type: "regular", billable: true },
    { category: "service", type: "regular", billable: true },
    { category: "service", type: "free_customer_service", billable: false },
  );
}

function accountSet() {
  const zones = fc.constantFrom("Asia/Tokyo", "America/Los_Angeles", "Pacific/Kiritimati");
  return withValues(zones, (company, time_zone) => {
    const account = { account_id: time_zone, portfolio_id: undefined, time_zone, currency: "USD" };
    const number = { phone_number_id: PHONE_NUMBER_ID, account };
    company.execute({ type: "set_number_account", ...number, by: "test" });
  });
}

function contact(): fc.Arbitrary<string> {
  return fc.constantFrom(ANA, BETO, CARLA, "BR.1", "BR.2", `${ANA} BR.1`, `${BETO} BR.2`, `${CARLA} BR.1`);
}

function message(): fc.Arbitrary<string> {
  return fc.constantFrom("m1", "m2", "m3", "m4", "m5");
}

function category(): fc.Arbitrary<TemplateCategory | undefined> {
  return fc.constantFrom(undefined, "marketing", "utility", "authentication");
}

/** The age of an event: slightly in the future, none, within today, or up to the lateness limit. */
function minutesAgo(): fc.Arbitrary<number> {
  return fc.oneof(fc.constantFrom(-4, -1, 0, 1), fc.nat({ max: 1_500 }), fc.nat({ max: 11_600 }));
}
