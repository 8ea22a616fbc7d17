import assert from "node:assert/strict";
import { answerChallenge } from "../../src/whatsapp/challenge.ts";

const asked = { "hub.mode": "subscribe", "hub.verify_token": "token", "hub.challenge": "1158201444" };

Deno.test("Meta's challenge is returned to a caller who knows the token", () => {
  assert.deepEqual(answerChallenge(asked, "token"), { type: "answered", challenge: "1158201444" });
});

Deno.test("a wrong, missing or empty token is refused", () => {
  for (const token of ["Token", "token ", "", undefined]) {
    const answer = answerChallenge({ ...asked, "hub.verify_token": token }, "token");
    assert.deepEqual(answer, { type: "refused", reason: "wrong_token" });
  }
  const unset = answerChallenge({ ...asked, "hub.verify_token": "" }, "");
  assert.deepEqual(unset, { type: "refused", reason: "wrong_token" });
});

Deno.test("only a subscription is answered", () => {
  for (const mode of ["unsubscribe", "", undefined]) {
    const answer = answerChallenge({ ...asked, "hub.mode": mode }, "token");
    assert.deepEqual(answer, { type: "refused", reason: "not_a_subscription" });
  }
});

Deno.test("a missing or overlong challenge is refused", () => {
  for (const challenge of [undefined, "", "1".repeat(257)]) {
    const answer = answerChallenge({ ...asked, "hub.challenge": challenge }, "token");
    assert.deepEqual(answer, { type: "refused", reason: "no_challenge" });
  }
});
