import assert from "node:assert/strict";
import { showMoney } from "../../src/domain/money.ts";
import { credits } from "../../src/domain/types.ts";
import type { FeatureCode } from "../../src/domain/types.ts";
import type { OtherTerms } from "../../src/domain/what_if/terms.ts";
import { TestCompany } from "../support/company.ts";
import { ANA, BETO, CARLA, offerOf } from "../support/fixtures.ts";
import { whatIfOf } from "../support/what_if.ts";

/** The company of E19, after its November. */
function companyOfE19(): TestCompany {
  const prices = { "whatsapp.outbound": 2, "automation.run": 1 };
  const company = new TestCompany({ at: "2026-11-01 09:00", prices });
  company.changeContract({ package: 10, price: "8.00", excess: "1.2345" });
  company.wrote(ANA, "2026-11-03 09:00");
  company.template(ANA, "2026-11-03 10:00");
  company.status("sent", "wamid.beto", "2026-11-10 14:00", { to: BETO });
  company.wrote(BETO, "2026-11-10 14:05");
  company.status("failed", "wamid.beto", "2026-11-10 14:30", { to: BETO });
  company.reportUsage("automation.run", 5, "runs", "2026-11-20 12:00");
  company.wrote(CARLA, "2026-11-28 15:00");
  company.status("sent", "wamid.ana", "2026-11-30 23:58");
  company.advanceTo("2026-12-01 08:00");
  company.reportUsage("automation.run", 3, "late runs", "2026-11-29 12:00");
  company.advanceTo("2026-12-02 09:00");
  company.status("failed", "wamid.ana", "2026-12-02 09:00");
  return company;
}

function rate(feature: string, cost: number) {
  return { feature: feature as FeatureCode, credits: credits(cost) };
}

const FREE = { template_in_open_window: "free" } as const;
const POST_PAID = offerOf({ package: null, excess: "0.85" });
const PRORATED = {
  package: 12,
  price: "10.00",
  excess: "1.00",
  starts_on: "2026-11-16",
  first_month: "prorated",
} as const;

const E56: readonly (readonly [OtherTerms, string])[] = [
  [{}, "13, 10, 3, 0, 8.00, 3.70, 11.70"],
  [FREE, "11, 10, 1, 0, 8.00, 1.23, 9.23"],
  [
    { rates: [rate("whatsapp.outbound", 3), rate("automation.run", 0)] },
    "6, 10, 0, 4, 8.00, 0.00, 8.00",
  ],
  [
    { contract: offerOf({ package: 20, price: "15.00", excess: "1.00" }) },
    "13, 20, 0, 7, 15.00, 0.00, 15.00",
  ],
  [{ contract: offerOf(PRORATED) }, "13, 6, 7, 0, 5.00, 7.00, 12.00"],
  [{ contract: POST_PAID }, "13, 0, 13, 0, , 11.05, 11.05"],
  [{ ...FREE, contract: POST_PAID }, "11, 0, 11, 0, , 9.35, 9.35"],
];

Deno.test("E56: the month of E19 under other terms", async () => {
  const company = companyOfE19();
  for (const [terms, expected] of E56) {
    const { real, what_if: { statement }, remainder } = await whatIfOf(company, "2026-11", terms);
    const { figures: { consumed, granted, excess, expired } } = statement;
    const money = [statement.package_price, statement.excess_amount, statement.total]
      .map((amount) => amount === null ? "" : showMoney(amount));
    assert.equal([consumed, granted, excess, expired, ...money].join(", "), expected);
    assert.deepEqual(real.statement, company.statement("2026-11"));
    assert.deepEqual(remainder, []);
  }
});
