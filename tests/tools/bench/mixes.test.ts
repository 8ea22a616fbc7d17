import assert from "node:assert/strict";
import { EventStream, type MixedEvent } from "../../../tools/bench/mixes.ts";
import { PreparedRequests, webhooksOf } from "../../../tools/bench/requests.ts";
import { median } from "../../../tools/bench/report.ts";
import { TestCompany } from "../../support/company.ts";
import { webhookOf } from "../../support/payloads.ts";
import { SeededRandom } from "../../support/seeded_random.ts";
import type { ContactEvent } from "../../../src/domain/company/command.ts";
import { readWebhook } from "../../../src/whatsapp/webhook.ts";
import { verifySignature } from "../../../src/whatsapp/signature.ts";

const NOW_S = 1_795_446_000;

Deno.test("equal streams yield equal events", () => {
  const [a, b] = [stream(), stream()];
  for (let i = 0; i < 200; i++) assert.deepEqual(a.next(3), b.next(3));
});

Deno.test("every event of a stream parses as one event and is not in the future", () => {
  const events = taken(stream(), 3_000);
  for (const { change } of events) {
    const { events: [event], ignored } = readWebhook(webhookOf(change));
    assert.equal(ignored.size, 0);
    assert.ok(event?.type === "wrote" || event?.type === "status");
    assert.ok(event.at_ms <= NOW_S * 1000);
  }
});

Deno.test("the conversation mix costs about one credit per ten messages, early and late", () => {
  const events = taken(stream(), 60_000);
  const share = (part: readonly MixedEvent[]) =>
    part.reduce((sum, { credits }) => sum + credits, 0) / part.length;
  const early = share(events.slice(10_000, 35_000));
  const late = share(events.slice(35_000));
  for (const each of [early, late]) assert.ok(each > 0.07 && each < 0.13, `${each} credits an event`);
});

Deno.test("every message of the opening mix opens a window", () => {
  const events = taken(new EventStream("opening", 2, () => NOW_S), 500);
  assert.ok(events.every(({ credits }) => credits === 1));
});

Deno.test("the campaign mix costs a credit a contact, with three statuses each and an answer of one in five", () => {
  const events = taken(new EventStream("campaign", 4, () => NOW_S), 60_000).slice(20_000);
  const credits = events.reduce((sum, event) => sum + event.credits, 0);
  const answers = typesOf(events).filter((type) => type === "wrote").length;
  const statuses = events.length - answers;
  assert.ok(statuses / credits > 2.9 && statuses / credits < 3.1, `${statuses / credits} statuses a credit`);
  assert.ok(answers / credits > 0.17 && answers / credits < 0.23, `${answers / credits} answers a credit`);
});

Deno.test("the day mix has three unpriced statuses for each message of a contact", () => {
  const events = taken(new EventStream("day", 6, () => NOW_S), 60_000).slice(20_000);
  const statuses = events.flatMap(({ change }) => readWebhook(webhookOf(change)).events)
    .filter((event) => event.type === "status");
  assert.ok(statuses.every(({ category }) => category === undefined));
  const wrote = events.length - statuses.length;
  assert.ok(statuses.length / wrote > 2.9 && statuses.length / wrote < 3.1);
});

for (const mix of ["conversation", "opening", "campaign", "day"] as const) {
  Deno.test(`the ${mix} mix states what a company consumes, in any order of arrival`, () => {
    const random = new SeededRandom(`order of ${mix}`);
    const events = taken(new EventStream(mix, 0, () => NOW_S), 20_000);
    const of_company = events.filter(({ change }) => change.waba_id === events[0]!.change.waba_id);
    const company = new TestCompany({ at: "2026-11-23 12:30" });
    for (const { change } of random.pickSome(of_company, of_company.length)) {
      company.record(...readWebhook(webhookOf(change)).events as ContactEvent[]);
    }
    const stated = of_company.reduce((sum, { credits }) => sum + credits, 0);
    assert.equal(company.month("2026-11").consumed, stated);
  });
}

Deno.test("prepared requests are signed, and sum the cost of the requests taken by company", () => {
  const requests = new PreparedRequests(webhooksOf(stream(), 5, "a secret"));
  requests.prepare(20);
  const expected = new Map<string, number>();
  const reference = stream();
  for (let i = 0; i < 7; i++) {
    const text = new TextDecoder().decode(requests.take());
    const [head, body] = text.split("\r\n\r\n") as [string, string];
    const signature = /X-Hub-Signature-256: (\S+)/.exec(head)![1];
    assert.ok(verifySignature(new TextEncoder().encode(body), signature, ["a secret"]));
    const { company, events } = reference.next(5);
    const { company: id } = reference.companies[company]!;
    expected.set(id, (expected.get(id) ?? 0) + events.reduce((sum, { credits }) => sum + credits, 0));
  }
  for (const { company, credits } of requests.expectedConsumption()) {
    assert.equal(credits, expected.get(company.company) ?? 0);
  }
});

Deno.test("the median of an even number of values is the mean of the two middle ones", () => {
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(median([4, 1, 3, 2]), 2.5);
});

function typesOf(events: readonly MixedEvent[]): string[] {
  return events.flatMap(({ change }) => readWebhook(webhookOf(change)).events.map(({ type }) => type));
}

function stream(): EventStream {
  return new EventStream("conversation", 0, () => NOW_S);
}

function taken(from: EventStream, count: number): MixedEvent[] {
  return Array.from({ length: count }, () => from.next(1).events[0]!);
}
