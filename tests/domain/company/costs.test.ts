import assert from "node:assert/strict";
import { countingCosts } from "../../../src/domain/company/costs.ts";
import { evolve } from "../../../src/domain/company/evolve.ts";
import { factId } from "../../../src/domain/company/facts.ts";
import type { Reply } from "../../../src/domain/company/command.ts";
import { factPricing, type MessagePricing, NO_PRICING } from "../../../src/domain/meta_costs/fact_pricing.ts";
import type { MessageKey } from "../../../src/domain/types.ts";
import { countedCosts, refusalOf, TestCompany } from "../../support/company.ts";
import { ANA, BETO, identifiersOf, PHONE_NUMBER_ID, statusEvent } from "../../support/fixtures.ts";

const MARKETING: MessagePricing = { category: "marketing", type: "regular", billable: true };
const SERVICE: MessagePricing = { category: "service", type: "regular", billable: true };

function newCompany(): TestCompany {
  return new TestCompany({ at: "2026-11-23 09:00" });
}

/** Lists the counts: `2026-11-23 BR marketing 1`. */
function counts(company: TestCompany): string[] {
  return countedCosts(company).map(({ group: { local_date, country, category }, messages }) =>
    `${local_date} ${country} ${category} ${messages}`
  );
}

Deno.test("after a restart a status changes the count that the message has", () => {
  const company = newCompany();
  company.status("delivered", "wamid.1", "2026-11-24 00:01", { pricing: NO_PRICING });
  company.status("sent", "wamid.2", "2026-11-24 00:02", { pricing: MARKETING });
  assert.deepEqual(counts(company), ["2026-11-24 BR unknown 1"]);
  company.restart();
  company.status("read", "wamid.1", "2026-11-24 00:03", { pricing: MARKETING });
  company.evict();
  company.status("delivered", "wamid.2", "2026-11-24 00:04", { pricing: NO_PRICING });
  assert.deepEqual(counts(company), ["2026-11-24 BR marketing 2"]);
});

Deno.test("a status that was delivered before the others moves its message to the earlier date", () => {
  const company = newCompany();
  company.status("read", "wamid.1", "2026-11-24 08:00", { pricing: SERVICE, template: false });
  assert.deepEqual(counts(company), ["2026-11-24 BR service 1"]);
  company.status("delivered", "wamid.1", "2026-11-23 23:59", { pricing: NO_PRICING, template: false });
  assert.deepEqual(counts(company), ["2026-11-23 BR service 1"]);
});

Deno.test("a message that moves to another contact counts once, on the date of its delivery, also after a restart", () => {
  const company = newCompany();
  company.status("sent", "wamid.1", "2026-11-23 23:58", { pricing: MARKETING });
  company.status("delivered", "wamid.1", "2026-11-24 00:01", { pricing: NO_PRICING });
  company.status("sent", "wamid.1", "2026-11-23 23:57", { to: BETO, pricing: NO_PRICING });
  assert.deepEqual(counts(company), ["2026-11-24 BR marketing 1"]);
  company.restart();
  company.status("read", "wamid.1", "2026-11-24 00:02", { to: BETO, pricing: SERVICE });
  assert.deepEqual(counts(company), ["2026-11-24 BR marketing 1"]);
});

Deno.test("a message that two contacts have counts once when they become one", () => {
  const company = newCompany();
  company.status("delivered", "wamid.1", "2026-11-23 23:59", { pricing: MARKETING });
  company.status("delivered", "wamid.2", "2026-11-23 10:00", { to: "BR.1", pricing: NO_PRICING });
  const { state } = company;
  const [ana, other] = [ANA, "BR.1"].map((name) => state.people.get(name)!);
  const counted: string[] = [];
  const emit = countingCosts(state, (event) => {
    evolve(state, event);
    if (event.type === "cost_counted") counted.push(`${event.group.local_date} ${event.messages}`);
  });
  const evidence = [...ana!.messages.values()][0]!;
  const delivered_at_ms = evidence.delivered_at_ms! + 3_600_000;
  emit({ type: "evidence_joined", person: other!, evidence: { ...evidence, delivered_at_ms } });
  assert.deepEqual(counted.splice(0), ["2026-11-24 1"]);
  const fact = { kind: "alias_learned", at_ms: delivered_at_ms } as const;
  emit({ type: "people_merged", into: ana!, from: other!, fact });
  assert.deepEqual(counted, ["2026-11-24 -1", "2026-11-23 -1", "2026-11-23 1"]);
});

Deno.test("an erasure keeps the counts, and statuses that come again change none", () => {
  const company = newCompany();
  company.status("delivered", "wamid.1", "2026-11-23 10:00", { pricing: MARKETING });
  company.advanceTo("2026-11-23 11:00");
  company.execute({ type: "erase_contact", contact: identifiersOf(ANA) });
  company.restart();
  company.status("delivered", "wamid.1", "2026-11-23 10:00", { pricing: MARKETING });
  company.status("read", "wamid.1", "2026-11-23 10:30", { pricing: NO_PRICING });
  assert.deepEqual(counts(company), ["2026-11-23 BR marketing 1"]);
});

Deno.test("after its facts are deleted a message does not count again when it is read", () => {
  const company = newCompany();
  company.status("delivered", "wamid.1", "2026-11-23 10:00", { pricing: MARKETING });
  company.advanceTo("2027-04-01 09:00");
  company.store.facts.clear();
  company.store.facts_retained_from_ms = company.ms("2027-01-01 00:00");
  company.restart();
  company.status("read", "wamid.1", "2027-04-01 10:00", { pricing: MARKETING });
  assert.deepEqual(counts(company), ["2026-11-23 BR marketing 1"]);
  company.status("delivered", "wamid.2", "2027-04-01 10:00", { pricing: MARKETING });
  assert.deepEqual(counts(company), ["2026-11-23 BR marketing 1", "2027-04-01 BR marketing 1"]);
});

Deno.test("more than thirty days after its delivery nothing changes the price of a message", () => {
  const company = newCompany();
  company.status("delivered", "wamid.1", "2026-11-23 10:00", { pricing: NO_PRICING });
  company.advanceTo("2026-12-23 09:00");
  company.status("read", "wamid.1", "2026-12-23 10:00:01", { pricing: MARKETING });
  assert.deepEqual(counts(company), ["2026-11-23 BR unknown 1"]);
  company.status("read", "wamid.1", "2026-12-23 10:00", { pricing: SERVICE });
  assert.deepEqual(counts(company), ["2026-11-23 BR service 1"]);
});

Deno.test("a status without a price that is read counts nothing, and a later one that is read counts its message", () => {
  const company = newCompany();
  company.status("sent", "wamid.1", "2026-11-23 23:58");
  company.status("delivered", "wamid.1", "2026-11-23 23:59");
  assert.deepEqual(counts(company), []);
  company.status("read", "wamid.1", "2026-11-24 00:05", { pricing: MARKETING });
  assert.deepEqual(counts(company), ["2026-11-23 BR marketing 1"]);
});

Deno.test("a quarantined status keeps its price, and counts when it is replayed", () => {
  const company = newCompany();
  const event = statusEvent("delivered", "wamid.1", company.now_ms + 3_600_000, { pricing: MARKETING });
  company.execute({ type: "record", events: [event], received_at_ms: company.now_ms });
  assert.deepEqual([company.store.quarantineReasons(), counts(company)], [["in_the_future"], []]);
  const [quarantined] = [...company.store.quarantine.values()];
  const stored = quarantined!.event as typeof event;
  company.advanceToMs(event.at_ms);
  company.execute({ type: "replay", event: stored, received_at_ms: company.now_ms });
  assert.deepEqual(counts(company), ["2026-11-23 BR marketing 1"]);
});

Deno.test("two statuses that differ in the price alone are two facts, and one without a price keeps its id", () => {
  const fact = {
    kind: "delivered",
    message: "0123abcd-4567-89ab-cdef-0123456789ab" as MessageKey,
    template: false,
    category: undefined,
    callback: undefined,
  } as const;
  const prices = [NO_PRICING, MARKETING, SERVICE, { ...SERVICE, billable: false }].flatMap((price) =>
    ["BR", "MX", undefined].map((country) =>
      factPricing(price, { country, of_bsuid: false, needs_sending: false })
    )
  );
  const ids = [undefined, ...prices].map((pricing) => factId({ ...fact, pricing }));
  assert.equal(ids[0], "0123abcd-4567-89ab-cdef-012345670060");
  assert.equal(new Set(ids).size, prices.length + 1);
  for (const id of ids) assert.match(id, /^[0-9a-f]{8}-4567-89ab-cdef-012345670060$/);
});

Deno.test("an account begins after every delivery that is counted, also by a clock ahead of ours", () => {
  const company = newCompany();
  const ahead_ms = company.now_ms + 240_000;
  const event = statusEvent("delivered", "wamid.1", ahead_ms, { pricing: MARKETING });
  company.execute({ type: "record", events: [event], received_at_ms: company.now_ms });
  company.restart();
  assert.equal(accountOf(setAccount(company, "Asia/Tokyo")).from_ms, ahead_ms + 1);
  company.status("read", "wamid.1", "2026-11-23 09:05", { pricing: SERVICE });
  assert.deepEqual(countedCosts(company).map(({ group }) => group.account_date), ["2026-11-23"]);
  assert.equal(accountOf(setAccount(company, "Asia/Tokyo")).from_ms, ahead_ms + 1, "it is set already");
  assert.equal(accountOf(setAccount(company, "Asia/Seoul")).from_ms, company.now_ms);
});

Deno.test("the account of a number that the company does not have is refused", () => {
  const company = newCompany();
  company.configure({ phone_number_ids: [] });
  assert.deepEqual(refusalOf(setAccount(company, "Asia/Tokyo")), {
    code: "phone_number_not_found",
    path: "",
  });
});

function setAccount(company: TestCompany, time_zone: string): Reply {
  const account = { account_id: "102290129340398", portfolio_id: undefined, time_zone, currency: "USD" };
  return company.execute({
    type: "set_number_account",
    phone_number_id: PHONE_NUMBER_ID,
    account,
    by: "test",
  });
}

function accountOf(reply: Reply) {
  assert.ok(reply.type === "number_account");
  return reply.account;
}
