import assert from "node:assert/strict";
import type { CompanyEvent } from "../../../src/domain/company/event.ts";
import { evolve } from "../../../src/domain/company/evolve.ts";
import { chargingReplies } from "../../../src/domain/company/replies.ts";
import type { MessagePricing } from "../../../src/domain/meta_costs/fact_pricing.ts";
import { NO_PRICING } from "../../../src/domain/meta_costs/fact_pricing.ts";
import { newLedgerEntries, TestCompany } from "../../support/company.ts";
import { ANA, BETO, PHONE_NUMBER_ID, statusEvent } from "../../support/fixtures.ts";
import { whatIfOf } from "../../support/what_if.ts";
import { assertInvariants } from "../../support/invariants.ts";

const SERVICE: MessagePricing = { category: "service", type: "regular", billable: true };
const UTILITY: MessagePricing = { category: "utility", type: "regular", billable: true };
const REPLY = { pricing: SERVICE, template: false };
const FEATURE = "whatsapp.service_message";

function newCompany(price: number, at = "2026-11-23 09:00"): TestCompany {
  return new TestCompany({ at, prices: { [FEATURE]: price } });
}

/** Lists the totals of replies: `2026-11-23 1 unit, 3 credits`. */
function replies(company: TestCompany): string[] {
  return [...company.store.totals.values()].filter(({ feature, units }) => feature === FEATURE && units !== 0)
    .map(({ local_date, units, credits }) => `${local_date} ${units}: ${credits}`);
}

Deno.test("the entry of a reply gives the message, its number and when it was delivered", () => {
  const company = newCompany(3);
  company.status("delivered", "wamid.1", "2026-11-23 10:00", REPLY);
  company.status("read", "wamid.1", "2026-11-23 10:05", { pricing: UTILITY, template: false });
  const delivered_at_ms = company.ms("2026-11-23 10:00");
  const cause = {
    type: "service_message",
    contact: company.state.keyring.contact(ANA),
    message: company.state.keyring.message("wamid.1"),
    phone_number_id: PHONE_NUMBER_ID,
    delivered_at_ms,
    rate: { feature: FEATURE, version: 1, own: false, credits: 3 },
    attribution: null,
  };
  const read_at_ms = company.ms("2026-11-23 10:05");
  assert.deepEqual(
    company.store.ledger.map(({ cause, credits, occurred_at_ms }) => [credits, occurred_at_ms, cause]),
    [
      [-3, delivered_at_ms, { ...cause, units: 1, fact: { kind: "delivered", at_ms: delivered_at_ms } }],
      [3, read_at_ms, { ...cause, units: -1, fact: { kind: "read", at_ms: read_at_ms } }],
    ],
  );
});

Deno.test("a free reply emits what it emits without the feature: no entry and no total", () => {
  const [free, unknown] = [newCompany(0), new TestCompany({ at: "2026-11-23 09:00" })];
  for (const company of [free, unknown]) company.status("delivered", "wamid.1", "2026-11-23 10:00", REPLY);
  assert.deepEqual(free.lastEventTypes(), unknown.lastEventTypes());
  assert.deepEqual([free.store.ledger, [...free.store.totals]], [[], []]);
});

Deno.test("after a restart and an eviction a status changes the charge that the reply has", () => {
  const company = newCompany(3);
  company.status("delivered", "wamid.1", "2026-11-24 00:01", REPLY);
  company.restart();
  company.status("read", "wamid.1", "2026-11-24 00:02", REPLY);
  assert.deepEqual(replies(company), ["2026-11-24 1: 3"]);
  company.evict();
  company.status("delivered", "wamid.1", "2026-11-23 23:59", REPLY);
  assert.deepEqual(replies(company), ["2026-11-23 1: 3"]);
  assertInvariants(company);
});

Deno.test("a reply of a contact that turns out to be another one stays charged once, without entries", () => {
  const company = newCompany(3);
  company.status("delivered", "wamid.1", "2026-11-23 10:00", { ...REPLY, to: "BR.1" });
  company.status("delivered", "wamid.2", "2026-11-23 10:01", REPLY);
  const posted = newLedgerEntries(company);
  company.status("read", "wamid.2", "2026-11-23 10:02", { ...REPLY, to: `${ANA} BR.1` });
  assert.ok(company.lastEventTypes().includes("people_merged"));
  company.status("read", "wamid.1", "2026-11-23 10:03", { ...REPLY, to: ANA });
  assert.deepEqual([posted(), replies(company)], [[], ["2026-11-23 2: 6"]]);
});

Deno.test("a reply that moves to another contact is given back and charged once, also after a restart", () => {
  const company = newCompany(3);
  company.status("delivered", "wamid.1", "2026-11-23 10:00", REPLY);
  const posted = newLedgerEntries(company);
  company.status("sent", "wamid.1", "2026-11-23 09:59", { ...REPLY, to: BETO });
  assert.deepEqual([posted(), replies(company)], [["reversal +3", "consumption -3"], ["2026-11-23 1: 3"]]);
  assert.equal(
    company.store.ledger.map(({ cause }) => cause?.type === "service_message" && cause.contact).at(-1),
    company.state.keyring.contact(BETO),
  );
  company.restart();
  company.status("read", "wamid.1", "2026-11-23 10:02", { ...REPLY, to: BETO });
  assert.deepEqual(posted(), []);
});

Deno.test("a first own price charges no reply that was delivered before, even if its statuses say more later", () => {
  const company = newCompany(0);
  company.status("delivered", "wamid.1", "2026-11-23 10:00", REPLY);
  company.status("delivered", "wamid.2", "2026-11-23 10:00", { pricing: NO_PRICING, template: false });
  company.advanceTo("2026-11-23 11:00");
  company.setRate(FEATURE, 5);
  company.restart();
  company.status("read", "wamid.1", "2026-11-23 11:01", { pricing: UTILITY, template: false });
  company.status("read", "wamid.2", "2026-11-23 11:02", REPLY);
  assert.deepEqual(company.ledger(), []);
  company.status("delivered", "wamid.3", "2026-11-23 11:00", REPLY);
  assert.deepEqual(replies(company), ["2026-11-23 1: 5"]);
});

Deno.test("a first own price begins after a reply that a clock ahead of ours has delivered", () => {
  const company = newCompany(0);
  const at_ms = company.now_ms + 240_000;
  const deliver = (message: string, ms: number) => {
    const event = statusEvent("delivered", message, ms, REPLY);
    company.execute({ type: "record", events: [event], received_at_ms: company.now_ms });
  };
  deliver("wamid.1", at_ms);
  company.setRate(FEATURE, 5);
  company.advanceToMs(at_ms + 1_000);
  company.status("read", "wamid.1", "2026-11-23 09:05", { pricing: UTILITY, template: false });
  assert.deepEqual(company.ledger(), []);
  deliver("wamid.2", at_ms + 1_000);
  assert.deepEqual(replies(company), ["2026-11-23 1: 5"]);
});

Deno.test("a reply of a final month stays charged, and a late price charges none: the statuses are quarantined", () => {
  const company = newCompany(3, "2026-11-20 09:00");
  company.status("delivered", "wamid.1", "2026-11-30 10:00", REPLY);
  company.status("delivered", "wamid.2", "2026-11-30 10:00", { pricing: NO_PRICING, template: false });
  company.advanceTo("2026-12-09 09:00");
  const posted = newLedgerEntries(company);
  company.status("read", "wamid.1", "2026-12-09 09:00", { pricing: UTILITY, template: false });
  company.status("read", "wamid.2", "2026-12-09 09:00", REPLY);
  company.status("read", "wamid.1", "2026-12-09 09:01", REPLY);
  assert.deepEqual(company.store.quarantineReasons(), ["month_final", "month_final"]);
  assert.deepEqual([posted(), replies(company)], [[], ["2026-11-30 1: 3"]]);
});

Deno.test("a free reply of a final month takes a late price as any fact: nothing is quarantined", () => {
  const company = newCompany(0, "2026-11-20 09:00");
  company.status("delivered", "wamid.1", "2026-11-30 10:00", { pricing: NO_PRICING, template: false });
  company.advanceTo("2026-12-09 09:00");
  company.status("read", "wamid.1", "2026-12-09 09:00", REPLY);
  assert.deepEqual(company.store.quarantineReasons(), []);
});

Deno.test("a message that two contacts have is charged once when they become one, on the date of its delivery", () => {
  const { posted, joinOther, merge } = companyWithMessageOfTwo();
  joinOther("2026-11-24 00:59");
  assert.deepEqual(posted.splice(0), ["2026-11-24 -3"]);
  merge();
  assert.deepEqual(posted, ["2026-11-24 3"]);
});

Deno.test("two contacts that become one after a month is final change none of its replies", () => {
  const { company, posted, joinOther, merge } = companyWithMessageOfTwo();
  company.advanceTo("2026-12-09 09:00");
  joinOther("2026-11-24 00:59");
  merge();
  assert.deepEqual(posted, []);
});

/** A company in which a test can give Ana's reply to another contact too, and make them one. */
function companyWithMessageOfTwo() {
  const company = newCompany(3);
  company.status("delivered", "wamid.2", "2026-11-23 10:01", { ...REPLY, to: "BR.1" });
  company.status("delivered", "wamid.1", "2026-11-23 23:59", REPLY);
  const stored = company.last_events.find(({ type }) => type === "fact_stored")!;
  const { state } = company;
  const [ana, other] = [ANA, "BR.1"].map((name) => state.people.get(name)!);
  const posted: string[] = [];
  return { company, posted, joinOther, merge };

  function joinOther(delivered: string): void {
    const evidence = { ...[...ana!.messages.values()][0]!, delivered_at_ms: company.ms(delivered) };
    emitAll(stored, { type: "evidence_joined", person: other!, evidence });
  }

  function merge(): void {
    const fact = { kind: "alias_learned", at_ms: company.now_ms } as const;
    emitAll({ type: "people_merged", into: ana!, from: other!, fact });
  }

  function emitAll(...events: CompanyEvent[]): void {
    const emit = chargingReplies(state, (event) => {
      evolve(state, event);
      if (event.type === "entry_posted") posted.push(`${event.entry.local_date} ${event.entry.credits}`);
    }, company.now_ms);
    for (const event of events) emit(event);
  }
}

Deno.test("a what-if prices replies that were free, and replies at another price", async () => {
  for (const price of [0, 2]) {
    const company = newCompany(price);
    for (const message of ["wamid.1", "wamid.2"]) {
      company.status("delivered", message, "2026-11-23 10:00", REPLY);
    }
    company.status("delivered", "wamid.3", "2026-11-24 10:00", {
      pricing: { category: "service", type: "free_customer_service", billable: false },
      template: false,
    });
    const consumedAt = async (credits: number | undefined) => {
      const rates = credits === undefined ? [] : [{ feature: FEATURE as never, credits: credits as never }];
      const { what_if, remainder } = await whatIfOf(company, "2026-11", { rates });
      assert.deepEqual(remainder, []);
      return what_if.statement.figures.consumed;
    };
    assert.deepEqual(
      [await consumedAt(undefined), await consumedAt(0), await consumedAt(5)],
      [2 * price, 0, 10],
    );
  }
});
