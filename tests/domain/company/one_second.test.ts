import assert from "node:assert/strict";
import fc from "fast-check";
import { TestCompany } from "../../support/company.ts";
import { statusEvent } from "../../support/fixtures.ts";
import { assertInvariants } from "../../support/invariants.ts";
import type { Fact, Rules } from "../../support/oracle.ts";
import { expectedTotals, withOneRecipient } from "../../support/oracle.ts";

const PHONES = ["5511987650001", "525512345678", "541143210987"] as const;
const WAMID = "wamid.A1";
const NOON = "2026-11-23 12:00";
const PRICES = { "whatsapp.inbound": 1, "whatsapp.outbound": 3 };
const RULES: Rules = { time_zone: "America/Sao_Paulo", policy: "free", prices: PRICES };

type Status = Extract<Fact, { type: "status" }>;
/** An event, and whether the company restarts after it. */
type Arrival = readonly [fact: Fact, restart: boolean];

Deno.test("a message under three phones of one second keeps its charge when two of them become one", () => {
  for (const [first, second, third] of ordersOf(PHONES)) {
    const company = companyAtNoon();
    company.status("sent", WAMID, NOON, { to: first!, template: false });
    company.status("sent", WAMID, NOON, { to: second!, template: false });
    company.status("sent", WAMID, NOON, { to: third!, template: true });
    company.numberChanged(third!, first!, NOON);
    company.status("sent", WAMID, NOON, { to: second!, template: false });
    assert.equal(company.creditsOn("2026-11-23"), 3);
    company.restart();
    const windows = [first!, second!].map((phone) => company.contact(phone).windows.length);
    assert.deepEqual(windows.toSorted(), [0, 1]);
    assertInvariants(company);
  }
});

Deno.test("a message that leaves a contact twice in one second counts for the last one, before and after a restart", () => {
  for (const [first, second, third] of ordersOf(PHONES)) {
    const company = companyAtNoon();
    company.send("template", first!, WAMID, { at: NOON });
    // It may come back to the first phone, of our record, before it goes to the third.
    for (const to of [second!, first!, third!]) {
      company.status("sent", WAMID, NOON, { to }), company.restart();
    }
    assert.equal(company.creditsOn("2026-11-23"), 3);
    const windows = PHONES.map((phone) => company.contact(phone).windows.length);
    assert.deepEqual(windows.toSorted(), [0, 0, 1]);
    // Nothing more happens, whichever of them is named again.
    for (const to of PHONES) company.status("delivered", WAMID, NOON, { to }), company.restart();
    assert.equal(company.creditsOn("2026-11-23"), 3);
    assertInvariants(company);
  }
});

Deno.test("a number change before the statuses of a message does not decide which of its phones has the message", () => {
  for (const [first, former, second] of ordersOf(PHONES)) {
    const company = companyAtNoon();
    company.numberChanged(former!, second!, NOON);
    for (const to of [first!, second!, first!, second!]) {
      company.status("sent", WAMID, NOON, { to }), company.restart();
    }
    const keyOf = (phone: string) => company.state.keyring.contact(phone);
    const [recipient, other] = [first!, second!].toSorted((a, b) => keyOf(a) < keyOf(b) ? -1 : 1);
    assert.equal(company.contact(recipient!).windows.length, 1);
    assert.equal(company.contact(other!).windows.length, 0);
    assertInvariants(company);
  }
});

Deno.test("statuses of one message that name several phones, in any order, end in the charges of the oracle", () => {
  fc.assert(
    fc.property(arrivals(), (arrivals) => {
      const company = companyAtNoon();
      for (const [fact, restart] of arrivals) {
        arrive(company, fact);
        if (restart) company.restart();
      }
      const facts = withOneRecipient(
        arrivals.map(([fact]) => fact),
        (phone) => company.state.keyring.contact(phone),
      );
      const expected = Object.entries(expectedTotals(facts, RULES)).map(([key, total]) => ({
        key,
        ...total,
      }));
      const stored = [...company.store.totals]
        .map(([key, { units, credits }]) => ({ key, units, credits: Number(credits) }))
        .filter(({ units }) => units !== 0);
      assert.deepEqual(byKey(stored), byKey(expected));
      assertInvariants(company);
    }),
    { numRuns: Number(Deno.env.get("RUNS") ?? 400) },
  );
});

function companyAtNoon(): TestCompany {
  return new TestCompany({ at: NOON, policy: "free", prices: PRICES });
}

function arrive(company: TestCompany, fact: Fact): void {
  if (fact.type === "usage" || fact.type === "send_failed") throw new Error("not drawn");
  const to = fact.who.phone!;
  const time = "2026-11-23 12:00";
  switch (fact.type) {
    case "wrote":
      return company.wrote(to, "2026-11-23 11:00");
    case "status": {
      const { status, template, at_ms } = fact;
      return company.record(statusEvent(status, WAMID, at_ms, { to, template, category: undefined }));
    }
    case "send":
      return void company.send("template", to, WAMID, { at: time });
    case "changed":
      return company.numberChanged(to, fact.to.phone!, time);
  }
}

/**
 * Statuses of one message within two seconds, each naming any of the phones; customers who wrote before, whom the
 * template costs nothing; number changes; and some of them again. So the total depends on who has the message.
 */
function arrivals(): fc.Arbitrary<Arrival[]> {
  const noon_ms = companyAtNoon().ms(NOON);
  const phone = fc.constantFrom(...PHONES);
  const status = fc.record({
    type: fc.constant("status" as const),
    who: phone.map(whoOf),
    message: fc.constant(WAMID),
    status: fc.constantFrom<Status["status"]>("sent", "sent", "delivered", "read", "failed"),
    at_ms: fc.constantFrom(noon_ms, noon_ms, noon_ms + 1000),
    template: fc.boolean(),
    category: fc.constant(undefined),
    callback: fc.constant(undefined),
  });
  const wrote = phone.map((phone): Fact => ({
    type: "wrote",
    who: whoOf(phone),
    at_ms: noon_ms - 3_600_000,
  }));
  const changed = fc.tuple(phone, phone)
    .map(([from, to]): Fact => ({ type: "changed", who: whoOf(from), to: whoOf(to), at_ms: noon_ms }));
  const sends = fc.array(
    phone.map((phone): Fact => ({
      type: "send",
      who: whoOf(phone),
      message: WAMID,
      category: undefined,
      at_ms: noon_ms,
    })),
    { maxLength: 1 },
  );
  const others = fc.array(
    fc.oneof(
      { arbitrary: status, weight: 6 },
      { arbitrary: wrote, weight: 2 },
      { arbitrary: changed, weight: 1 },
    ),
    { minLength: 1, maxLength: 9, size: "max" },
  );
  return fc.tuple(others, sends).chain(([others, sends]) => {
    const facts = [...others, ...sends];
    return fc.tuple(
      fc.shuffledSubarray(facts, { minLength: facts.length }),
      fc.shuffledSubarray(facts),
      fc.infiniteStream(fc.boolean()),
    ).map(([all, again, restarts]) =>
      [...all, ...again].map((fact) => [fact, restarts.next().value] as const)
    );
  });
}

function whoOf(phone: string) {
  return { phone, bsuid: undefined };
}

function byKey<T extends { readonly key: string }>(totals: readonly T[]): T[] {
  return totals.toSorted((a, b) => a.key < b.key ? -1 : 1);
}

function ordersOf<T>(items: readonly T[]): T[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item, at) => ordersOf(items.toSpliced(at, 1)).map((others) => [item, ...others]));
}
