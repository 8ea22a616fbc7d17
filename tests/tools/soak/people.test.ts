import assert from "node:assert/strict";
import { People } from "../../../tools/soak/people.ts";

/** Returns the sender and the number of the one message of a request. */
function messageOf(request: Uint8Array): { phone: string; number: string; id: string } {
  const [, body] = new TextDecoder().decode(request).split("\r\n\r\n");
  const { value } = JSON.parse(body!).entry[0].changes[0];
  const { from, id } = value.messages[0];
  return { phone: from, number: value.metadata.phone_number_id, id };
}

Deno.test("new people appear up to the number wanted, and then those write again", () => {
  const people = new People("secret", () => 1_795_000_000);
  const first = Array.from({ length: 50 }, () => messageOf(people.nextWebhook(50)));
  const again = Array.from({ length: 200 }, () => messageOf(people.nextWebhook(50)));
  assert.equal(new Set(first.map(({ phone }) => phone)).size, 50);
  assert.equal(people.count, 50);
  const known = new Set(first.map(({ phone, number }) => `${phone} ${number}`));
  assert.deepEqual(again.filter(({ phone, number }) => !known.has(`${phone} ${number}`)), []);
  assert.equal(new Set([...first, ...again].map(({ id }) => id)).size, 250);
});

Deno.test("each company is expected to consume one credit for each of its people", () => {
  const people = new People("secret", () => 1_795_000_000);
  const by_number = new Map<string, number>();
  for (let i = 0; i < 47; i++) {
    const { number } = messageOf(people.nextWebhook(47));
    by_number.set(number, (by_number.get(number) ?? 0) + 1);
  }
  const expected = people.expectedCredits();
  for (const { id, line } of people.companies) {
    assert.equal(expected.get(id), by_number.get(line.phone_number_id), id);
  }
});
