import assert from "node:assert/strict";
import { TestCompany } from "../../support/company.ts";

Deno.test("a balance has the change that was just decided, although one was computed before it", () => {
  const company = new TestCompany({ at: "2026-11-10 09:00" });
  assert.equal(company.balance().consumed, 0);
  const reply = company.send("template", "+5511988887777", "wamid.1");
  assert.ok(reply.type === "send_allowed");
  assert.deepEqual([reply.balance.consumed, reply.balance.open_outbound], [1, 1]);
  assert.deepEqual([company.balance().consumed, company.balance().open_outbound], [1, 1]);
});

Deno.test("a change of the contract or of the zone shows in the next balance", () => {
  const company = new TestCompany({ at: "2026-11-10 09:00" });
  assert.deepEqual([company.balance().granted, company.balance().commitment_ends_on], [0, null]);
  company.changeContract({ package: 500 });
  assert.deepEqual([company.balance().granted, company.balance().commitment_ends_on], [500, "2027-02-28"]);
  company.configure({ time_zone: "America/Manaus" });
  company.advanceTo("2026-11-12 09:00");
  assert.equal(company.balance().time_zone, "America/Manaus");
});

Deno.test("balances of one version differ in their time alone", () => {
  const company = new TestCompany({ at: "2026-11-10 09:00" });
  company.wrote("+5511988887777", "2026-11-10 09:05");
  const first = company.balance();
  assert.equal(company.balance(), first);
  company.now_ms += 60_000;
  assert.deepEqual(company.balance(), { ...first, as_of_ms: first.as_of_ms + 60_000 });
});

Deno.test("a balance after midnight is of the new local date", () => {
  const company = new TestCompany({ at: "2026-11-10 09:00" });
  company.wrote("+5511988887777", "2026-11-10 23:59");
  const { closes_at_ms, consumed_today } = company.balance();
  assert.equal(consumed_today, 1);
  company.now_ms = closes_at_ms;
  const { closed_through, consumed, consumed_today: consumed_on_11th, open_inbound } = company.balance();
  assert.deepEqual([closed_through, consumed, consumed_on_11th, open_inbound], ["2026-11-10", 1, 0, 0]);
});
