import assert from "node:assert/strict";
import { Webhook } from "standardwebhooks";
import { InvalidAlert, verifyAlert } from "../../client/mod.ts";
import { readSource } from "../support/source_files.ts";

const SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
const OTHER = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const SENT_AT_S = 1_764_000_000;
const NOW = { now_ms: SENT_AT_S * 1_000 };
const ALERT = {
  type: "package.used_up",
  timestamp: "2025-11-24T16:00:00Z",
  data: { company: "padaria", period: "2025-11", granted: 10, consumed: 13, available: 0, excess: 3 },
};
const BODY = JSON.stringify(ALERT);

/** The headers of an alert as another implementation signs it. */
function headersOf(body = BODY, secret = SECRET): Record<string, string> {
  const id = "msg_1";
  return {
    "webhook-id": id,
    "webhook-timestamp": String(SENT_AT_S),
    "webhook-signature": new Webhook(secret).sign(id, new Date(SENT_AT_S * 1_000), body),
  };
}

async function assertInvalid(headers: Record<string, string | string[]>, body = BODY, options = NOW) {
  await assert.rejects(verifyAlert(body, headers, SECRET, options), InvalidAlert);
}

Deno.test("an alert that another implementation signed is verified, as text and as bytes", async () => {
  assert.deepEqual(await verifyAlert(BODY, headersOf(), SECRET, NOW), ALERT);
  const bytes = new TextEncoder().encode(BODY);
  assert.deepEqual(await verifyAlert(bytes, new Headers(headersOf()), SECRET, NOW), ALERT);
  const capitals = Object.fromEntries(
    Object.entries(headersOf()).map(([name, value]) => [name.toUpperCase(), value]),
  );
  assert.deepEqual(await verifyAlert(BODY, capitals, SECRET, NOW), ALERT);
});

Deno.test("the signature that openssl makes in the guide is the client's and the other implementation's", async () => {
  const guide = await readSource("docs/guides/alerts.md");
  const text = (pattern: RegExp) => guide.match(pattern)![1]!;
  const [secret, body] = [text(/^SECRET=(\S+)$/m), text(/^BODY='(.+)'$/m)];
  const [id, timestamp] = text(/printf %s "(\w+\.\d+)\.\$BODY"/).split(".");
  const signature = `v1,${text(/^([A-Za-z\d+/]{43}=)$/m)}`;
  const now_ms = Number(timestamp) * 1_000;
  assert.equal(new Webhook(secret).sign(id!, new Date(now_ms), body), signature);
  const headers = { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signature };
  assert.deepEqual(await verifyAlert(body, headers, secret, { now_ms }), JSON.parse(body));
});

Deno.test("an alert with another body, id, time or secret is invalid", async () => {
  await assertInvalid(headersOf(), BODY.replace("13", "14"));
  await assertInvalid({ ...headersOf(), "webhook-id": "msg_2" });
  await assertInvalid({ ...headersOf(), "webhook-timestamp": String(SENT_AT_S + 1) });
  await assertInvalid(headersOf(BODY, OTHER));
});

Deno.test("an alert that is minutes old, or of the future, is invalid", async () => {
  for (const seconds of [301, -301]) {
    await assertInvalid(headersOf(), BODY, { now_ms: (SENT_AT_S + seconds) * 1_000 });
  }
  const late = { now_ms: (SENT_AT_S + 299) * 1_000 };
  assert.deepEqual(await verifyAlert(BODY, headersOf(), SECRET, late), ALERT);
});

Deno.test("one of several signatures is enough, and other versions are ignored", async () => {
  const headers = headersOf();
  const signature = headers["webhook-signature"]!;
  const several = `${headersOf(BODY, OTHER)["webhook-signature"]} v1a,xx v1 ${signature}`;
  assert.deepEqual(await verifyAlert(BODY, { ...headers, "webhook-signature": several }, SECRET, NOW), ALERT);
  await assertInvalid({ ...headers, "webhook-signature": signature.replace("v1,", "v1a,") });
});

Deno.test("missing, repeated and malformed headers are invalid, and no other error", async () => {
  const headers = headersOf();
  for (const name of Object.keys(headers)) {
    const { [name]: _, ...others } = headers;
    await assertInvalid(others);
    await assertInvalid({ ...headers, [name]: [headers[name]!, headers[name]!] });
  }
  for (const timestamp of ["", "soon", "1e9", `-${SENT_AT_S}`]) {
    await assertInvalid({ ...headers, "webhook-timestamp": timestamp });
  }
  for (const signature of ["", "v1", "v1,", "v1,!!", "v1,AAAA", ","]) {
    await assertInvalid({ ...headers, "webhook-signature": signature });
  }
});

Deno.test("a secret that is none is the receiver's mistake, not an invalid alert", async () => {
  for (const secret of ["", "whsec_", "not base64!"]) {
    await assert.rejects(verifyAlert(BODY, headersOf(), secret, NOW), TypeError);
  }
});
