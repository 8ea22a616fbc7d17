import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import fc from "fast-check";
import { sign, verifySignature } from "../../src/whatsapp/signature.ts";
import { mutationsOf } from "../support/secret_mutations.ts";

const body = new TextEncoder().encode('{"object":"whatsapp_business_account"}');

Deno.test("a delivery signed with the app's secret is genuine", () => {
  assert.equal(verifySignature(body, sign(body, "new"), ["new"]), true);
});

Deno.test("while secrets rotate, the new and the old one both sign", () => {
  assert.equal(verifySignature(body, sign(body, "new"), ["new", "old"]), true);
  assert.equal(verifySignature(body, sign(body, "old"), ["new", "old"]), true);
  assert.equal(verifySignature(body, sign(body, "older"), ["new", "old"]), false);
});

Deno.test("one byte changed is a forgery", () => {
  const forged = body.slice();
  forged[3] = 0x20;
  assert.equal(verifySignature(forged, sign(body, "new"), ["new"]), false);
});

Deno.test("a missing header, an empty secret or no secret at all never verifies", () => {
  assert.equal(verifySignature(body, undefined, ["new"]), false);
  assert.equal(verifySignature(body, "", ["new"]), false);
  assert.equal(verifySignature(body, sign(body, ""), [""]), false);
  assert.equal(verifySignature(body, sign(body, "new"), []), false);
});

Deno.test("only the exact form Meta sends is accepted", () => {
  const genuine = sign(body, "new");
  const hex = genuine.slice("sha256=".length);
  const misshapen = [
    hex,
    `sha1=${hex}`,
    `SHA256=${hex}`,
    `sha256=${hex.toUpperCase()}`,
    `sha256=${hex.slice(1)}`,
    `sha256=${hex}0`,
    ` ${genuine}`,
    `${genuine} `,
    `sha256=${hex.slice(1)}g`,
    `sha256=${hex.slice(1)}é`,
    `sha256:${hex}`,
  ];
  for (const header of misshapen) assert.equal(verifySignature(body, header, ["new"]), false, header);
});

Deno.test("the signature is HMAC-SHA256 for every length of body and secret", () => {
  const bytes = fc.uint8Array({ maxLength: 200 });
  const secret = fc.string({ unit: "binary", minLength: 1, maxLength: 200 }).filter((text) =>
    text.isWellFormed()
  );
  fc.assert(fc.property(bytes, secret, (raw, key) => {
    const expected = `sha256=${createHmac("sha256", key).update(raw).digest("hex")}`;
    assert.equal(sign(raw, key), expected);
    assert.equal(verifySignature(raw, expected, [key]), true);
  }));
});

Deno.test("bodies around the size of the workspace, and up to 4 MB, sign the same", () => {
  for (const length of [0, 65_471, 65_472, 65_473, 4 * 1024 * 1024]) {
    const raw = new Uint8Array(length).fill(length % 251);
    assert.equal(sign(raw, "k"), `sha256=${createHmac("sha256", "k").update(raw).digest("hex")}`);
  }
});

Deno.test("a body that is a view into a larger buffer is signed for its own bytes alone", () => {
  const whole = new TextEncoder().encode("xx{}yy");
  assert.equal(sign(whole.subarray(2, 4), "k"), sign(new TextEncoder().encode("{}"), "k"));
});

Deno.test("of 100,000 mutated signatures none is accepted", () => {
  const genuine = sign(body, "new");
  let accepted = 0;
  for (const mutated of mutationsOf(genuine, 100_000)) {
    if (verifySignature(body, mutated, ["new", "old"])) accepted++;
  }
  assert.equal(accepted, 0);
  assert.equal(verifySignature(body, genuine, ["new", "old"]), true);
});
