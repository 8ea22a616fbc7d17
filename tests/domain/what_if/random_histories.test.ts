import assert from "node:assert/strict";
import fc from "fast-check";
import { addMonths, monthOf } from "../../../src/domain/calendar.ts";
import { isFinal } from "../../../src/domain/company/day_close.ts";
import { credits, type FeatureCode } from "../../../src/domain/types.ts";
import type { LocalDate, Month } from "../../../src/domain/types.ts";
import type { Bill } from "../../../src/domain/what_if/what_if.ts";
import { TestCompany } from "../../support/company.ts";
import { type OfferDetails, offerOf } from "../../support/fixtures.ts";
import { applyStep, NAMES, PRICES, type Step, steps } from "../../support/random_steps.ts";
import { whatIfOf } from "../../support/what_if.ts";

const START = "2026-11-20 09:00";

Deno.test("after any history, each month under its real terms is the real statement, to the centavo", async () => {
  await fc.assert(
    fc.asyncProperty(histories(), async (steps) => {
      const company = new TestCompany({ at: START, prices: PRICES });
      for (const [index, step] of steps.entries()) play(company, step, index);
      for (const month of monthsOf(company)) {
        const { real, what_if, difference, remainder } = await whatIfOf(company, month);
        assert.deepEqual(remainder, []);
        assert.deepEqual(figuresOf(what_if), figuresOf(real));
        assert.deepEqual(new Set(Object.values(difference.figures)), new Set([0]));
        if (company.store.periods.has(month)) assert.deepEqual(real.statement, company.statement(month));
      }
    }),
    { numRuns: 150 },
  );
});

Deno.test("a month under other terms is the statement of a company that had them from the start", async () => {
  await fc.assert(
    fc.asyncProperty(steps(), otherTerms(), async (steps, { policy, prices, offer }) => {
      const company = new TestCompany({ at: START, prices: PRICES });
      // A first own price of replies holds from then on; on the rate card it holds for late ones too.
      const { "whatsapp.service_message": reply_price, ...own_prices } = prices;
      const twin_prices = { ...PRICES, "whatsapp.service_message": reply_price };
      const twin = new TestCompany({ at: START, prices: twin_prices, policy });
      for (const [feature, price] of Object.entries(own_prices)) twin.setRate(feature, price);
      twin.changeContract(offer);
      for (const [index, step] of steps.map(withShortWaits).entries()) {
        applyStep(company, step, index);
        if (step.do === "configure") applyStep(twin, { ...step, policy }, index);
        else if (!TERMS.has(step.do)) applyStep(twin, step, index);
      }
      // Whether a month takes an event after it was final depends on what the event would charge.
      fc.pre(!isFinal(company.state, "2026-11-30" as LocalDate));
      const rates = Object.entries(prices).map(([feature, price]) => ({
        feature: feature as FeatureCode,
        credits: credits(price),
      }));
      const terms = { contract: offerOf(offer), rates, template_in_open_window: policy };
      for (const month of monthsOf(twin)) {
        const { what_if, remainder } = await whatIfOf(company, month, terms);
        assert.deepEqual(remainder, []);
        assert.deepEqual(figuresOf(what_if), figuresOf((await whatIfOf(twin, month)).real));
      }
    }),
    { numRuns: 150 },
  );
});

/** The steps that change prices and contracts. */
const TERMS: ReadonlySet<Step["do"]> = new Set(["agree", "cancel", "withdraw", "price"]);

/** Keeps most histories within the months that are not final. */
function withShortWaits(step: Step): Step {
  return step.do === "wait" ? { ...step, hours: Math.min(step.hours, 80) } : step;
}

function otherTerms() {
  const cost = fc.nat({ max: 4 });
  return fc.record({
    policy: fc.constantFrom("charge" as const, "free" as const),
    prices: fc.record({
      "whatsapp.inbound": cost,
      "whatsapp.outbound": cost,
      "whatsapp.outbound.marketing": cost,
      "whatsapp.service_message": cost,
      "automation.run": cost,
    }),
    offer: fc.record<OfferDetails>({
      package: fc.constantFrom(null, 3, 7),
      excess: fc.constantFrom("0.10", "0.1235"),
      first_month: fc.constantFrom("full", "prorated"),
      starts_on: fc.constant("2026-11-20"),
    }),
  });
}

/** The figures of a bill that its terms decide. */
function figuresOf({ statement, usage }: Bill) {
  const { figures, package_price, excess_credit_price, excess_amount, total, currency, status } = statement;
  return { usage, figures, package_price, excess_credit_price, excess_amount, total, currency, status };
}

/** A step, or one that only these histories have. */
type WhatIfStep = Step | {
  readonly do: "run ahead";
  readonly hours: number;
  readonly who: string;
} | { readonly do: "restart" | "evict" };

/** Histories with restarts, and with a clock that runs ahead until an operator reopens the days. */
function histories(): fc.Arbitrary<readonly WhatIfStep[]> {
  const ahead = fc.record({
    do: fc.constant("run ahead" as const),
    hours: fc.constantFrom(30, 300, 1_300),
    who: fc.constantFrom(...NAMES),
  });
  const others = fc.array(
    fc.tuple(
      fc.nat({ max: 40 }),
      fc.oneof(ahead, fc.constantFrom({ do: "restart" as const }, { do: "evict" as const })),
    ),
    { maxLength: 4 },
  );
  return fc.tuple(steps(), others).map(([steps, others]) => {
    const all: WhatIfStep[] = [...steps];
    for (const [at, step] of others) all.splice(at, 0, step);
    return all;
  });
}

function play(company: TestCompany, step: WhatIfStep, index: number): void {
  switch (step.do) {
    case "restart":
      return company.restart();
    case "evict":
      return company.evict();
    case "run ahead": {
      const { now_ms } = company;
      company.advanceToMs(now_ms + step.hours * 3_600_000);
      applyStep(company, { do: "wrote", who: step.who, ago_hours: 0 }, index);
      company.now_ms = now_ms;
      return void company.reopenDays();
    }
    default:
      return applyStep(company, step, index);
  }
}

/** The months from the first one with a row to the current one. */
function monthsOf({ state, store }: TestCompany): Month[] {
  const last = monthOf(state.today);
  const first = [...store.periods.keys(), last].sort()[0]!;
  const months: Month[] = [];
  for (let month = first; month <= last; month = addMonths(month, 1)) months.push(month);
  return months;
}
