import assert from "node:assert/strict";
import { COUNTER_LINE, customerAsSent, DELIVERY_LINE } from "../../../tools/demo/company.ts";
import type { Delivery, DeliveryKind } from "../../../tools/demo/delivery.ts";
import { SeededRandom } from "../../support/seeded_random.ts";
import { BAKERY_LINES, LiveTraffic } from "../../../tools/demo/live.ts";
import { webhookOf } from "../../support/payloads.ts";
import { deliveriesBetween, localDateOf, openingDate, startOf } from "../../../tools/demo/story.ts";
import { parsePhone } from "../../../src/domain/identity/phone.ts";
import type { WhatsAppEvent } from "../../../src/whatsapp/events.ts";
import { readWebhook } from "../../../src/whatsapp/webhook.ts";

const OPENED_ON = Temporal.PlainDate.from("2026-10-01");
const NOW_S = Temporal.Instant.from("2026-11-23T14:30:00Z").epochMilliseconds / 1000;
const HOUR_S = 3_600;

Deno.test("the story begins on the first day of the previous month, at the bakery's midnight", () => {
  assert.equal(openingDate(NOW_S * 1000).toString(), "2026-10-01");
  // At the bakery it is still February.
  assert.equal(openingDate(Date.parse("2026-03-01T02:59:00Z")).toString(), "2026-01-01");
  assert.equal(new Date(startOf(OPENED_ON) * 1000).toISOString(), "2026-10-01T03:00:00.000Z");
});

Deno.test("a time range gives the same deliveries twice, and in pieces", () => {
  const from_s = startOf(OPENED_ON);
  const whole = deliveriesBetween(from_s, NOW_S, OPENED_ON);
  assert.deepEqual(deliveriesBetween(from_s, NOW_S, OPENED_ON), whole);
  const pieces: Delivery[] = [];
  for (let at_s = from_s; at_s < NOW_S; at_s += 31 * HOUR_S) {
    pieces.push(...deliveriesBetween(at_s, Math.min(at_s + 31 * HOUR_S, NOW_S), OPENED_ON));
  }
  assert.deepEqual(pieces, whole);
});

Deno.test("deliveries are ordered by time", () => {
  const instants = wholeStory().map(({ at_s }) => at_s);
  assert.deepEqual(instants, instants.toSorted((a, b) => a - b));
});

Deno.test("usage is reported when it happens, so that its entries stand between the day's messages", () => {
  const usages = wholeStory().filter(({ kind }) => kind === "usage");
  assert.ok(usages.length > 500, `${usages.length} in seven weeks`);
  for (const delivery of usages) assert.deepEqual(timesOf(delivery), [delivery.at_s]);
});

Deno.test("the story has every kind of delivery", () => {
  const kinds = new Set(wholeStory().map(({ kind }) => kind));
  const all: DeliveryKind[] = [
    "message",
    "batch",
    "reply",
    "template",
    "failed_template",
    "duplicate",
    "reordered",
    "a_day_late",
    "reaction",
    "number_change",
    "never_metered",
    "usage",
  ];
  assert.deepEqual(all.filter((kind) => !kinds.has(kind)), []);
});

Deno.test("the story has every template status, and contacts with phone, BSUID or both", () => {
  const events = wholeStory().flatMap(eventsOf);
  const statuses = new Set(events.map((event) => event.type === "status" ? event.status : undefined));
  for (const status of ["sent", "delivered", "read", "failed"] as const) {
    assert.ok(statuses.has(status), status);
  }
  const identifiers = new Set(events.map((event) => {
    if (event.type !== "wrote") return "";
    return `${event.contact.phone === undefined ? "" : "phone"} ${
      event.contact.bsuid === undefined ? "" : "bsuid"
    }`;
  }));
  for (const known of ["phone ", " bsuid", "phone bsuid"]) assert.ok(identifiers.has(known), `by ${known}`);
});

Deno.test("the service can read every delivery, and accepts its time", () => {
  for (const delivery of wholeStory()) {
    for (const at_s of timesOf(delivery)) {
      assert.ok(at_s <= delivery.at_s, `${delivery.kind} at ${delivery.at_s} has an event at ${at_s}`);
      assert.ok(at_s > delivery.at_s - 7 * 24 * HOUR_S, `${delivery.kind} arrives later than Meta retries`);
      assert.ok(at_s >= startOf(OPENED_ON), `${delivery.kind} has an event before the company existed`);
    }
  }
});

Deno.test("a delivery that is a day late arrives after its local date is closed", () => {
  const late = wholeStory().filter(({ kind }) => kind === "a_day_late");
  assert.ok(late.length > 50, `${late.length} in seven weeks`);
  for (const delivery of late) {
    for (const at_s of timesOf(delivery)) {
      assert.ok(Temporal.PlainDate.compare(localDateOf(at_s), localDateOf(delivery.at_s)) < 0);
    }
  }
});

Deno.test("a duplicate equals an earlier delivery byte for byte", () => {
  const texts = new Set<string>();
  for (const delivery of wholeStory()) {
    const text = textOf(delivery);
    if (delivery.kind === "duplicate") assert.ok(texts.has(text), text.slice(0, 200));
    texts.add(text);
  }
});

Deno.test("a customer without the ninth digit is the same customer", () => {
  const random = new SeededRandom("old phones");
  const phones = new Set(Array.from({ length: 50 }, () => customerAsSent(2, random).phone ?? ""));
  phones.delete("");
  assert.equal(phones.size, 2);
  assert.equal(new Set([...phones].map(parsePhone)).size, 1);
});

Deno.test("live traffic delivers nothing before it happens, and every message has its own id", () => {
  const traffic = new LiveTraffic(BAKERY_LINES, NOW_S);
  const ids = new Set<string>();
  let messages = 0;
  for (let i = 0; i < 500; i++) {
    for (const delivery of traffic.next(NOW_S + i)) {
      for (const at_s of timesOf(delivery)) assert.ok(at_s <= delivery.at_s);
      for (const event of eventsOf(delivery)) {
        if (event.type !== "wrote" || delivery.kind === "duplicate") continue;
        messages++;
        ids.add(event.message_id);
      }
    }
  }
  assert.ok(messages > 100);
  assert.equal(ids.size, messages);
});

function wholeStory(): Delivery[] {
  return deliveriesBetween(startOf(OPENED_ON), NOW_S, OPENED_ON);
}

/** Reads the events of a delivery. Fails if one is unreadable. */
function eventsOf(delivery: Delivery): WhatsAppEvent[] {
  if (delivery.type !== "webhook") return [];
  const { events } = readWebhook(webhookOf(...delivery.changes));
  assert.ok(events.every(({ type }) => type !== "unreadable"), textOf(delivery));
  for (const { phone_number_id } of events) {
    assert.ok([COUNTER_LINE, DELIVERY_LINE].some((line) => line.phone_number_id === phone_number_id));
  }
  return events;
}

function timesOf(delivery: Delivery): number[] {
  if (delivery.type === "usage") {
    return delivery.usages.map(({ occurred_at }) => Date.parse(occurred_at) / 1000);
  }
  return eventsOf(delivery).map((event) => event.type === "unreadable" ? NaN : event.at_ms / 1000);
}

function textOf(delivery: Delivery): string {
  return JSON.stringify(delivery.type === "usage" ? delivery.usages : webhookOf(...delivery.changes));
}
