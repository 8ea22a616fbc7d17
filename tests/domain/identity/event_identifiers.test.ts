import assert from "node:assert/strict";
import { identifiersIn } from "../../../src/domain/identity/event_identifiers.ts";
import { maskContact } from "../../../src/domain/identity/phone.ts";

Deno.test("an event speaks of its contacts, of whom a wamid holds, and of whom callback data names", () => {
  const wamid = `wamid.${btoa("\x1c\x18\x0c551187650002\x15\x02\x00")}`;
  const event = {
    type: "status",
    contact: { phone: "5511987650001", bsuid: "BR.1349120865" },
    at_ms: 1_764_000_000_000,
    phone_number_id: "106540000000001",
    message_id: wamid,
    callback_data: "send to +5521987650003",
  };
  assert.deepEqual(identifiersIn(event), [
    "5511987650001",
    "5511987650002",
    "5521987650003",
    "BR.1349120865",
  ]);
});

Deno.test("a masked contact shows no more than its last four digits, and tells two apart by them", () => {
  assert.equal(maskContact("5511987650001"), "+55 11 •••••-0001");
  assert.equal(maskContact("5511987650002"), "+55 11 •••••-0002");
  assert.equal(maskContact("BR.13491208655302741918"), "BR.••••1918");
});
