import assert from "node:assert/strict";
import fc from "fast-check";
import { TestCompany } from "../../support/company.ts";
import type { ExpectedTotals, Fact, Who } from "../../support/oracle.ts";
import { expectedTotals } from "../../support/oracle.ts";
import {
  businessNumber,
  type Change,
  customerCalled,
  customerWrote,
  handedOver,
  numberChanged,
  onStandby,
  statusesOf,
  webhookOf,
} from "../../support/payloads.ts";
import { readWebhook } from "../../../src/whatsapp/webhook.ts";
import { histories } from "./fact_histories.ts";

type WebhookFact = Extract<Fact, { type: "wrote" | "status" | "changed" }>;

/** How one fact arrives, and the field of its first and its second delivery. */
type Route = readonly [first: Field, second: Field | undefined];
type Field = "messages" | "standby";

const LINE = businessNumber(1);
const ROUTES: readonly Route[] = [
  ["messages", undefined],
  ["standby", undefined],
  ["messages", "standby"],
  ["standby", "messages"],
  ["standby", "standby"],
];

Deno.test("the same facts on messages, on standby or on both, with free events between them, end in the charges of the oracle", () => {
  fc.assert(
    fc.property(histories(), fc.infiniteStream(fc.nat()), ({ rules: given, facts, arrivals }, chance) => {
      // These webhooks name a category at most, and so no price of a reply.
      const rules = { ...given, prices: { ...given.prices, "whatsapp.service_message": 0 } };
      const company = new TestCompany({ at: "2026-11-27 12:00", ...rules });
      const arrived = arrivals.map(({ fact }) => fact).filter(isOfWebhook).map(asMetaReportsIt);
      for (const fact of arrived) {
        const [first, second] = ROUTES[chance.next().value % ROUTES.length]!;
        deliver(company, fact.at_ms, onField(changeOf(fact), first));
        deliver(company, fact.at_ms, ...freeChanges(fact, chance.next().value));
        if (second !== undefined) deliver(company, fact.at_ms, onField(changeOf(fact), second));
        if (chance.next().value % 4 === 0) company.restart();
      }
      const known = facts.filter(isOfWebhook).map(asMetaReportsIt);
      assert.deepEqual(chargesOf(company), nonZero(Object.entries(expectedTotals(known, rules))));
    }),
    { numRuns: 200 },
  );
});

function isOfWebhook(fact: Fact): fact is WebhookFact {
  return fact.type === "wrote" || fact.type === "status" || fact.type === "changed";
}

/** Meta names a category only of a template. */
function asMetaReportsIt<F extends WebhookFact>(fact: F): F {
  return fact.type === "status" && !fact.template ? { ...fact, category: undefined } : fact;
}

function deliver(company: TestCompany, at_ms: number, ...changes: readonly Change[]): void {
  company.now_ms = Math.max(company.now_ms, at_ms);
  for (const event of readWebhook(webhookOf(...changes)).events) {
    assert.ok(event.type !== "unreadable");
    company.execute({ type: "record", events: [event], received_at_ms: company.now_ms });
  }
  for (const reason of company.store.quarantineReasons()) assert.equal(reason, "identity_conflict");
}

function onField(change: Change, field: Field): Change {
  return field === "standby" ? onStandby(change) : change;
}

function changeOf(fact: WebhookFact): Change {
  const at_s = Math.floor(fact.at_ms / 1000);
  const customer = customerOf(fact.who);
  switch (fact.type) {
    case "wrote":
      return customerWrote(LINE, customer, {
        id: fact.message ?? `${JSON.stringify(fact.who)} ${at_s}`,
        at_s,
      });
    case "changed":
      return numberChanged(LINE, customer, customerOf(fact.to), "change", at_s);
    case "status": {
      const { message: id, status, template, category, callback } = fact;
      return statusesOf(LINE, customer, {
        id,
        at_s,
        status,
        ...(category === undefined ? {} : { category: `${category}_lite` }),
        ...(template && category === undefined ? { origin: "business_initiated" } : {}),
        ...(callback === undefined ? {} : { callback_data: callback }),
      });
    }
  }
}

/** Events of the same person that charge nothing, by one identifier: they link nobody. */
function freeChanges({ who, at_ms }: WebhookFact, number: number): Change[] {
  const customer = who.phone === undefined ? { bsuid: who.bsuid! } : { phone: who.phone };
  const at_s = Math.floor(at_ms / 1000);
  const noted = (type: string, content: object) =>
    customerWrote(LINE, customer, { id: `${type} ${at_s}`, at_s, type, content: { ...content } });
  const interactive = { call_permission_reply: { response_source: "automatic" } };
  return [
    noted("unsupported", { unsupported: { type: "poll_update" } }),
    noted("interactive", { interactive }),
    customerCalled(LINE, customer, { id: `wacid.${at_s}`, at_s }),
    handedOver(LINE, customer, at_s),
  ].slice(number % 5);
}

function customerOf({ phone, bsuid, parent_bsuid }: Who) {
  return {
    ...(phone === undefined ? {} : { phone }),
    ...(bsuid === undefined ? {} : { bsuid }),
    ...(parent_bsuid === undefined ? {} : { parent_bsuid }),
  };
}

function chargesOf(company: TestCompany): ExpectedTotals {
  return nonZero(
    [...company.store.totals].map(([key, { units, credits }]) => [key, { units, credits }] as const),
  );
}

/** Sorts totals, without those that are zero. */
function nonZero(totals: readonly (readonly [string, { units: number; credits: number }])[]): ExpectedTotals {
  const owed = totals.filter(([, { units, credits }]) => units !== 0 || credits !== 0);
  return Object.fromEntries(owed.toSorted(([a], [b]) => a < b ? -1 : 1));
}
