import assert from "node:assert/strict";
import fc from "fast-check";
import { chargeOn } from "../../../src/domain/company/identify.ts";
import { isFinal } from "../../../src/domain/company/day_close.ts";
import { templatesOf } from "../../../src/domain/company/person.ts";
import type { LocalDate } from "../../../src/domain/types.ts";
import { TestCompany } from "../../support/company.ts";
import { assertInvariants } from "../../support/invariants.ts";
import { applyStep, NAMES, PRICES, steps } from "../../support/random_steps.ts";

Deno.test("after any history, ledger, periods, totals and windows agree", () => {
  fc.assert(
    fc.property(steps(), (steps) => {
      const company = new TestCompany({ at: "2026-11-20 09:00", prices: PRICES });
      for (const [index, step] of steps.entries()) {
        applyStep(company, step, index);
        assertInvariants(company);
      }
      assertCharges(company);
    }),
    { numRuns: 300 },
  );
});

Deno.test("a company that restarts before every step ends like one that never does", () => {
  fc.assert(
    fc.property(steps(), (steps) => {
      const [steady, restarted] = [0, 1].map(() =>
        new TestCompany({ at: "2026-11-20 09:00", prices: PRICES })
      );
      for (const [index, step] of steps.entries()) {
        restarted!.restart();
        applyStep(restarted!, step, index);
        applyStep(steady!, step, index);
      }
      assert.deepEqual(restarted!.store.ledger, steady!.store.ledger);
      assert.deepEqual(restarted!.store.totals, steady!.store.totals);
      assert.deepEqual(restarted!.store.closed_days, steady!.store.closed_days);
      assert.deepEqual(restarted!.store.at_close, steady!.store.at_close);
      assert.deepEqual(restarted!.store.contract, steady!.store.contract);
      assert.deepEqual(restarted!.balance(), { ...steady!.balance(), version: restarted!.balance().version });
    }),
    { numRuns: 200 },
  );
});

/** Recalculates every contact's charges and compares them with the totals of each date that is not final. */
function assertCharges(company: TestCompany): void {
  company.restart();
  for (const name of NAMES) company.contact(name);
  const { state } = company;
  const charged = new Map<string, number>();
  for (const person of new Set(state.people.values())) {
    const templates = templatesOf(person);
    const dates = new Set([
      ...person.wrote.keys(),
      ...templates.map((template) => state.calendar.dateOf(template.left_at_ms)),
    ]);
    for (const date of dates) {
      const { inbound, outbound } = chargeOn(state, person, date, templates);
      const credits = (inbound?.credits ?? 0) + (outbound?.credits ?? 0);
      charged.set(date, (charged.get(date) ?? 0) + credits);
    }
  }
  const dates = new Set([...charged.keys(), ...[...company.store.totals.values()].map((t) => t.local_date)]);
  for (const date of dates as Set<LocalDate>) {
    if (isFinal(state, date)) continue;
    const windows = company.store.totalsOn(date).filter((total) => total.direction !== "none");
    assert.equal(windows.reduce((sum, total) => sum + total.credits, 0), charged.get(date) ?? 0, date);
  }
}
