/** Random histories of a company: the steps, and what each one does. */

import fc from "fast-check";
import { type MessagePricing, NO_PRICING } from "../../src/domain/meta_costs/fact_pricing.ts";
import type { TemplateCategory } from "../../src/domain/types.ts";
import type { TestCompany } from "./company.ts";
import type { OfferDetails } from "./fixtures.ts";
import { identifiersOf, statusEvent, wroteEvent } from "./fixtures.ts";

const PHONES = ["5511987650001", "525512345678", "541143210987"];
/** The phones and BSUIDs of a history. */
export const NAMES = [...PHONES, "BR.1", "BR.2"];
/** Other spellings of the phones. */
const SPELLINGS = ["551187650001", "5215512345678", "5491143210987"];
const HOUR_MS = 3_600_000;
/** The rate card of a history, beside an inbound window at one credit. */
export const PRICES = {
  "whatsapp.outbound": 2,
  "whatsapp.outbound.marketing": 3,
  "whatsapp.service_message": 1,
  "automation.run": 1,
};

/** One step of a history. `ago_hours` is the age of the event on arrival. */
export type Step =
  | { readonly do: "wait"; readonly hours: number }
  | { readonly do: "wrote"; readonly who: string; readonly ago_hours: number }
  | {
    readonly do: "status";
    readonly who: string;
    readonly message: number;
    readonly status: "sent" | "delivered" | "failed";
    readonly category: TemplateCategory | undefined;
    readonly template: boolean;
    /** What Meta says of the price; undefined: it is not read. */
    readonly pricing: MessagePricing | undefined;
    readonly ago_hours: number;
  }
  | { readonly do: "change number"; readonly from: string; readonly to: string }
  | { readonly do: "use"; readonly quantity: number; readonly ago_hours: number }
  | {
    readonly do: "send";
    readonly who: string;
    readonly kind: "template" | "free_form";
    readonly message: number;
  }
  | { readonly do: "send failed"; readonly message: number }
  | { readonly do: "agree"; readonly offer: OfferDetails }
  | { readonly do: "cancel" | "withdraw" }
  | { readonly do: "price"; readonly feature: string; readonly credits: number }
  | { readonly do: "configure"; readonly time_zone: string; readonly policy: "charge" | "free" };

/** Does a step. @param index the number of the step: it makes ids unique */
export function applyStep(company: TestCompany, step: Step, index: number): void {
  switch (step.do) {
    case "wait":
      return company.advanceToMs(company.now_ms + step.hours * HOUR_MS);
    case "wrote":
      return company.record(
        wroteEvent(step.who, company.now_ms - step.ago_hours * HOUR_MS, `wrote ${index}`),
      );
    case "status": {
      const { who: to, status, template, category, message, pricing, ago_hours } = step;
      const at_ms = company.now_ms - ago_hours * HOUR_MS;
      const named = template ? category : undefined;
      return company.record(
        statusEvent(status, `wamid.${message}`, at_ms, { to, template, category: named, pricing }),
      );
    }
    case "change number": {
      const change = {
        from: identifiersOf(step.from),
        to: identifiersOf(step.to),
        at_ms: company.now_ms,
        phone_number_id: "1",
      };
      return company.record({ ...change, type: "number_changed", message_id: `change ${index}` });
    }
    case "use": {
      const { quantity, ago_hours } = step;
      const occurred_at_ms = company.now_ms - ago_hours * HOUR_MS;
      const usage = {
        id: `use ${index}`,
        feature: "automation.run" as never,
        quantity,
        attributes: undefined,
      };
      return void company.execute({ type: "report_usage", usages: [{ ...usage, occurred_at_ms }] });
    }
    case "send":
      return void company.send(step.kind, step.who, `wamid.${step.message}`);
    case "send failed":
      return void company.sendFailed(`wamid.${step.message}`);
    case "agree":
      return void company.changeContract(step.offer);
    case "cancel":
      return void company.cancelContract();
    case "withdraw":
      return void company.withdrawCancellation();
    case "price":
      return void company.setRate(step.feature, step.credits);
    case "configure":
      return void company.configure({ time_zone: step.time_zone, template_in_open_window: step.policy });
  }
}

/** Generates histories of up to 40 steps. */
export function steps(): fc.Arbitrary<Step[]> {
  return fc.array(
    fc.oneof(
      { weight: 4, arbitrary: waits() },
      { weight: 6, arbitrary: fc.record({ do: fc.constant("wrote"), who: who(), ago_hours: agoHours() }) },
      { weight: 8, arbitrary: statuses() },
      { weight: 1, arbitrary: numberChanges() },
      { weight: 2, arbitrary: uses() },
      { weight: 3, arbitrary: sends() },
      { weight: 2, arbitrary: fc.record({ do: fc.constant("send failed"), message: fc.nat({ max: 4 }) }) },
      { weight: 3, arbitrary: offers().map((offer) => ({ do: "agree", offer })) },
      { weight: 1, arbitrary: fc.record({ do: fc.constantFrom("cancel", "withdraw") }) },
      { weight: 1, arbitrary: prices() },
      { weight: 1, arbitrary: configurations() },
    ) as fc.Arbitrary<Step>,
    { minLength: 1, maxLength: 40, size: "max" },
  );
}

function waits(): fc.Arbitrary<Step> {
  return fc.constantFrom(1, 5, 23, 24, 80, 500, 900).map((hours) => ({ do: "wait", hours }));
}

function statuses(): fc.Arbitrary<Step> {
  return fc.record({
    do: fc.constant("status"),
    who: who(),
    message: fc.nat({ max: 4 }),
    status: fc.constantFrom("sent", "delivered", "failed"),
    category: fc.constantFrom(undefined, "marketing", "utility"),
    template: fc.boolean(),
    pricing: fc.constantFrom(
      undefined,
      NO_PRICING,
      { category: "service", type: "regular", billable: true } as const,
      { category: "service", type: "regular", billable: true } as const,
      { category: "service", type: "free_customer_service", billable: false } as const,
      { category: "utility", type: "regular", billable: true } as const,
    ),
    ago_hours: agoHours(),
  });
}

function numberChanges(): fc.Arbitrary<Step> {
  return fc.tuple(fc.constantFrom(...PHONES), who()).map(([from, to]) => ({ do: "change number", from, to }));
}

function uses(): fc.Arbitrary<Step> {
  return fc.record({ do: fc.constant("use"), quantity: fc.nat({ max: 3 }), ago_hours: agoHours() });
}

function sends(): fc.Arbitrary<Step> {
  return fc.record({
    do: fc.constant("send"),
    who: who(),
    kind: fc.constantFrom("template", "free_form"),
    message: fc.nat({ max: 4 }),
  });
}

function offers(): fc.Arbitrary<OfferDetails> {
  return fc.record({
    package: fc.constantFrom(null, 3, 5, 9),
    excess: fc.constantFrom("0.10", "0.12"),
    first_month: fc.constantFrom(undefined, "prorated"),
  });
}

function prices(): fc.Arbitrary<Step> {
  return fc.record({
    do: fc.constant("price"),
    feature: fc.constantFrom("whatsapp.inbound", ...Object.keys(PRICES)),
    credits: fc.nat({ max: 4 }),
  });
}

function configurations(): fc.Arbitrary<Step> {
  return fc.record({
    do: fc.constant("configure"),
    time_zone: fc.constantFrom(
      "America/Sao_Paulo",
      "Asia/Kathmandu",
      "Pacific/Kiritimati",
      "Pacific/Pago_Pago",
    ),
    policy: fc.constantFrom("charge", "free"),
  });
}

/** A phone, a BSUID, or both of the same or of different people: conflicts occur. */
function who(): fc.Arbitrary<string> {
  return fc.constantFrom(
    ...NAMES,
    ...SPELLINGS,
    `${SPELLINGS[0]} BR.1`,
    `${PHONES[1]} BR.2`,
    `${PHONES[1]} BR.1`,
  );
}

function agoHours(): fc.Arbitrary<number> {
  return fc.constantFrom(0, 0, 0, 1, 10, 30, 100, 190, 200);
}
