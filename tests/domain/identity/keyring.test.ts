import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import fc from "fast-check";
import { Keyring } from "../../../src/domain/identity/keyring.ts";

Deno.test("a key is the first half of the HMAC-SHA-256 of its purpose and its text", () => {
  const secrets = fc.uint8Array({ minLength: 0, maxLength: 100 });
  fc.assert(fc.property(secrets, fc.string({ unit: "grapheme", maxLength: 200 }), (secret, text) => {
    const expected = createHmac("sha256", secret).update(`contact:${text}`).digest("hex").slice(0, 32);
    assert.equal(new Keyring(secret).contact(text).replaceAll("-", ""), expected);
  }));
});

Deno.test("a contact, a message and anything else of one text have three keys", () => {
  const keyring = new Keyring(new Uint8Array(32));
  const keys = [
    keyring.contact("p5511987650001"),
    keyring.message("p5511987650001"),
    keyring.content("p5511987650001"),
  ];
  assert.equal(new Set<string>(keys).size, 3);
});

Deno.test("two companies know one contact under different keys", () => {
  const [one, other] = [1, 2].map((byte) => new Keyring(new Uint8Array(32).fill(byte)));
  assert.notEqual(one!.contact("p5511987650001"), other!.contact("p5511987650001"));
});

Deno.test("a key has the form of a UUID, and nothing of the number in it", () => {
  const key = new Keyring(new Uint8Array(32)).contact("p5511987650001");
  assert.match(key, /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/);
});

Deno.test("a keyring gives the same keys again, also after it forgot them", () => {
  const keyring = new Keyring(new Uint8Array(32));
  const keysOf = (texts: readonly string[]) =>
    texts.map((text) => [keyring.contact(text), keyring.message(text)]);
  const texts = Array.from({ length: 20_000 }, (_, number) => `p${number}`);
  const keys = keysOf(texts);
  assert.deepEqual(keysOf(texts), keys);
  keyring.forget();
  assert.deepEqual(keysOf(texts), keys);
});
