import assert from "node:assert/strict";
import { TestCompany } from "../../support/company.ts";
import { ANA, BETO, identifiersOf } from "../../support/fixtures.ts";

Deno.test("a quote is the cost of a template to each recipient now", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00", prices: { "whatsapp.outbound": 2 } });
  company.changeContract({ package: 4, excess: "0.25" });
  company.template(ANA, "2026-11-23 10:00");
  company.wrote(BETO, "2026-11-23 10:00");
  // Ana's outbound window is open; Beto's inbound window does not make the template free; the third is unknown.
  const quote = company.quote([ANA, BETO, "5511987659999", ANA]);
  const { recipients, already_open, windows, credits, prepaid, excess } = quote;
  assert.deepEqual({ recipients, already_open, windows, credits, prepaid, excess }, {
    recipients: 4,
    already_open: 1,
    windows: 2,
    credits: 4,
    prepaid: 1,
    excess: 3,
  });
  assert.equal(quote.excess_credit_price, 250_000n);
  assert.deepEqual(company.lastEventTypes(), []);
});

Deno.test("with the policy free a quote counts open inbound windows as open", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00", policy: "free" });
  company.wrote(BETO, "2026-11-23 10:00");
  assert.equal(company.quote([ANA, BETO]).already_open, 1);
});

Deno.test("a quote uses the price of the category", () => {
  const prices = { "whatsapp.outbound": 2, "whatsapp.outbound.marketing": 5 };
  const company = new TestCompany({ at: "2026-11-23 09:00", prices });
  assert.equal(company.quote([ANA], "marketing").credits, 5);
  assert.equal(company.quote([ANA], "utility").credits, 2);
});

Deno.test("without a contract a quote has no money amount", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00" });
  assert.equal(company.quote([ANA]).excess_credit_price, null);
});

Deno.test("a quote of free-form messages is the price of a reply to each recipient, at the company's price", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00", prices: { "whatsapp.service_message": 1 } });
  company.changeContract({ package: 4, excess: "0.25" });
  company.setRate("whatsapp.service_message", 3);
  const recipients = [ANA, BETO].map(identifiersOf);
  const quoted = company.execute({ type: "quote", recipients, kind: "free_form", category: undefined });
  assert.deepEqual(quoted, {
    type: "quote",
    recipients: 2,
    already_open: 0,
    windows: 0,
    credits: 6,
    prepaid: 4,
    excess: 2,
    excess_credit_price: 250_000n,
  });
});
