import assert from "node:assert/strict";
import { businessNumber, messagesChange, webhookOf } from "../support/payloads.ts";
import type { ContactIdentifiers } from "../../src/domain/identity/phone.ts";
import { readWebhook } from "../../src/whatsapp/webhook.ts";

const line = businessNumber(1);
const NINE = "5511987654321";

/** Who is meant by each message, given the contacts beside them; `undefined` for one that is unreadable. */
function whoWrote(messages: object[], contacts?: unknown): (ContactIdentifiers | undefined)[] {
  const whole = messages.map((message, at) => ({ id: `w${at}`, timestamp: "1", type: "text", ...message }));
  const { events } = readWebhook(webhookOf(messagesChange(line, { messages: whole, contacts })));
  return events.map((event) => event.type === "wrote" ? event.contact : undefined);
}

/** Who is meant by one status. */
function whoGot(status: object, contacts?: unknown): ContactIdentifiers | undefined {
  const whole = { id: "w", timestamp: "1", status: "sent", ...status };
  const { events } = readWebhook(webhookOf(messagesChange(line, { statuses: [whole], contacts })));
  const event = events[0]!;
  return event.type === "status" ? event.contact : undefined;
}

Deno.test("a phone, a BSUID or both name the contact, and empty fields are missing", () => {
  assert.deepEqual(whoWrote([{ from: NINE }]), [{ phone: NINE, bsuid: undefined }]);
  assert.deepEqual(whoWrote([{ from: "", from_user_id: "BR.1" }]), [{ phone: undefined, bsuid: "BR.1" }]);
  assert.deepEqual(whoWrote([{ from: NINE, from_user_id: "BR.1" }]), [{ phone: NINE, bsuid: "BR.1" }]);
  assert.deepEqual(whoWrote([{ from: NINE, from_user_id: "" }]), [{ phone: NINE, bsuid: undefined }]);
});

Deno.test("a field may hold the other kind", () => {
  assert.deepEqual(whoWrote([{ from: "BR.1" }]), [{ phone: undefined, bsuid: "BR.1" }]);
  assert.deepEqual(whoWrote([{ from_user_id: NINE }]), [{ phone: NINE, bsuid: undefined }]);
  assert.deepEqual(whoWrote([{ from: "BR.1", from_user_id: NINE }]), [{ phone: NINE, bsuid: "BR.1" }]);
  assert.deepEqual(whoGot({ recipient_id: "BR.1" }), { phone: undefined, bsuid: "BR.1" });
});

Deno.test("a phone is read in any spelling, and as a number", () => {
  assert.deepEqual(whoWrote([{ from: "+55 11 8765-4321" }]), [{ phone: NINE, bsuid: undefined }]);
  assert.deepEqual(whoWrote([{ from: 551187654321 }]), [{ phone: NINE, bsuid: undefined }]);
});

Deno.test("the contact beside a message adds what the message does not tell", () => {
  const contacts = [{ wa_id: NINE, user_id: "BR.1" }];
  assert.deepEqual(whoWrote([{ from: NINE }], contacts), [{ phone: NINE, bsuid: "BR.1" }]);
  assert.deepEqual(whoWrote([{ from_user_id: "BR.1" }], contacts), [{ phone: NINE, bsuid: "BR.1" }]);
  assert.deepEqual(whoWrote([{ from: "551187654321" }], contacts), [{ phone: NINE, bsuid: "BR.1" }]);
  assert.deepEqual(whoGot({ recipient_id: NINE }, contacts), { phone: NINE, bsuid: "BR.1" });
});

Deno.test("the only contact is meant by a message that names nobody", () => {
  assert.deepEqual(whoWrote([{}], [{ wa_id: NINE, user_id: "BR.1" }]), [{ phone: NINE, bsuid: "BR.1" }]);
  assert.deepEqual(whoWrote([{ from: "" }], [{ user_id: "BR.1" }]), [{ phone: undefined, bsuid: "BR.1" }]);
});

Deno.test("a contact that shares no identifier adds nothing", () => {
  assert.deepEqual(whoWrote([{ from: NINE }], [{ wa_id: "5511911112222", user_id: "BR.1" }]), [
    { phone: NINE, bsuid: undefined },
  ]);
  assert.deepEqual(whoWrote([{ from_user_id: "BR.2" }], [{ wa_id: NINE }]), [{
    phone: undefined,
    bsuid: "BR.2",
  }]);
});

Deno.test("of several contacts the one that shares an identifier is meant, and a message that names nobody stays unreadable", () => {
  const contacts = [{ wa_id: NINE, user_id: "BR.1" }, { wa_id: "5511911112222", user_id: "BR.2" }];
  assert.deepEqual(whoWrote([{ from_user_id: "BR.2" }, { from: NINE }, {}], contacts), [
    { phone: "5511911112222", bsuid: "BR.2" },
    { phone: NINE, bsuid: "BR.1" },
    undefined,
  ]);
});

Deno.test("contacts that contradict each other add nothing", () => {
  const contacts = [{ wa_id: NINE, user_id: "BR.1" }, { wa_id: NINE, user_id: "BR.2" }];
  assert.deepEqual(whoWrote([{ from: NINE }], contacts), [{ phone: NINE, bsuid: undefined }]);
  assert.deepEqual(whoWrote([{ from: NINE }], [...contacts, contacts[0]]), [{
    phone: NINE,
    bsuid: undefined,
  }]);
  assert.deepEqual(whoWrote([{ from: NINE }], [contacts[0], contacts[0]]), [{ phone: NINE, bsuid: "BR.1" }]);
});

Deno.test("what the event tells itself wins over its contact", () => {
  const contacts = [{ wa_id: NINE, user_id: "BR.1" }];
  assert.deepEqual(whoWrote([{ from: NINE, from_user_id: "BR.2" }], contacts), [{
    phone: NINE,
    bsuid: "BR.2",
  }]);
});

Deno.test("a parent's BSUID in place of the person's own is resolved by the contact", () => {
  const contacts = [{ wa_id: NINE, user_id: "BR.1", parent_user_id: "BR.ENT.9" }];
  const ana = { phone: NINE, bsuid: "BR.1", parent_bsuid: "BR.ENT.9" };
  assert.deepEqual(whoGot({ recipient_user_id: "BR.ENT.9" }, contacts), ana);
  const others = [...contacts, { wa_id: "5511911112222", user_id: "BR.2", parent_user_id: "BR.ENT.8" }];
  assert.deepEqual(whoGot({ recipient_user_id: "BR.ENT.9" }, others), ana);
});

Deno.test("a parent's BSUID is a further identifier beside another BSUID, and the BSUID alone", () => {
  const both = { phone: undefined, bsuid: "BR.1", parent_bsuid: "BR.ENT.9" };
  const alone = { phone: undefined, bsuid: "BR.ENT.9" };
  assert.deepEqual(whoWrote([{ from_user_id: "BR.1", from_parent_user_id: "BR.ENT.9" }]), [both]);
  assert.deepEqual(whoWrote([{ from_parent_user_id: "BR.ENT.9" }]), [alone]);
  assert.deepEqual(whoWrote([{ from_user_id: "BR.ENT.9", from_parent_user_id: "BR.ENT.9" }]), [alone]);
  assert.deepEqual(whoGot({ recipient_user_id: "BR.1", recipient_parent_user_id: "BR.ENT.9" }), both);
  assert.deepEqual(whoGot({ recipient_parent_user_id: "BR.ENT.9" }), alone);
  for (const odd of ["", null, 7, "no id", {}]) {
    assert.deepEqual(whoWrote([{ from: NINE, from_parent_user_id: odd }]), [{
      phone: NINE,
      bsuid: undefined,
    }]);
  }
});

Deno.test("a contact adds the parent's BSUID, and is found by it", () => {
  const contacts = [
    { wa_id: NINE, user_id: "BR.1", parent_user_id: "BR.ENT.9" },
    { wa_id: "5511911112222", parent_user_id: "BR.ENT.8" },
  ];
  const ana = { phone: NINE, bsuid: "BR.1", parent_bsuid: "BR.ENT.9" };
  const bia = { phone: "5511911112222", bsuid: "BR.2", parent_bsuid: "BR.ENT.8" };
  const messages = [
    { from: NINE },
    { from_parent_user_id: "BR.ENT.9" },
    { from_user_id: "BR.2", from_parent_user_id: "BR.ENT.8" },
  ];
  assert.deepEqual(whoWrote(messages, contacts), [ana, ana, bia]);
  assert.deepEqual(whoWrote(messages.slice(0, 2), contacts.slice(0, 1)), [ana, ana]);
});

Deno.test("a recipient that is neither phone nor BSUID borrows no contact", () => {
  assert.equal(whoGot({ recipient_id: "Y2FwaV9ncm91cDox" }, [{ wa_id: NINE }]), undefined);
});

Deno.test("contacts that are no list, or no objects, add nothing", () => {
  for (const contacts of [null, "x", 7, {}, [null], [7], [[]], [{}], [null, null]]) {
    assert.deepEqual(whoWrote([{ from: NINE }], contacts), [{ phone: NINE, bsuid: undefined }]);
  }
});

Deno.test("tens of thousands of contacts and messages are matched in linear time", () => {
  const people = Array.from(
    { length: 10_000 },
    (_, at) => ({ wa_id: `55119${80_000_000 + at}`, user_id: `BR.${at}` }),
  );
  const started_ms = performance.now();
  const found = whoWrote(people.map(({ wa_id }) => ({ from: wa_id })), people);
  // Quadratic, this would be 100 million readings: minutes.
  assert.ok(performance.now() - started_ms < 5_000);
  assert.equal(found.at(-1)?.bsuid, "BR.9999");
});
