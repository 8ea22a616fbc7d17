/** Hostile deliveries: signed noise, and forged signatures. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { businessNumber, customerWrote, numberedCustomer, webhookOf } from "../support/payloads.ts";
import { exceedsLimits } from "../../src/http/kit/json_limits.ts";
import { sign } from "../../src/whatsapp/signature.ts";
import { COMPANY, messageOf, SECRETS, type ServiceProcess } from "../support/service.ts";
import { type HostileDelivery, hostileDelivery, hostileJson } from "../support/webhooks.ts";
import { hostileBytes } from "./arbitraries.ts";
import { withService } from "./attacked_service.ts";

const OLD_SECRET = "the secret before this one";
const LOST_SECRET = "a secret that was withdrawn";

/** Both secrets, as during a rotation. */
const ROTATING = { META_APP_SECRET: `${SECRETS.META_APP_SECRET},${OLD_SECRET}` };

async function deliver(service: ServiceProcess, body: Uint8Array<ArrayBuffer>, signature?: string) {
  const headers: Record<string, string> = { "content-type": "application/json" };
  if (signature !== undefined) headers["x-hub-signature-256"] = signature;
  const response = await fetch(`${service.url}/webhooks/whatsapp`, { method: "POST", headers, body });
  await response.body?.cancel();
  return response.status;
}

function bytesOf(payload: unknown): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify(payload) ?? "");
}

Deno.test("a signed delivery is 200 if it is JSON, and 400 otherwise", async () => {
  await withService(async (service, at_s) => {
    const noise = fc.oneof(
      hostileJson().map(bytesOf),
      hostileDelivery().map(({ payload }) => bytesOf(payload)),
      hostileBytes(),
    );
    await fc.assert(
      fc.asyncProperty(noise, async (body) => {
        const status = await deliver(service, body, sign(body, SECRETS.META_APP_SECRET));
        assert.equal(status, isJson(body) || isTooComplex(body) ? 200 : 400);
      }),
      { numRuns: 300 },
    );
    assert.equal(await service.client.deliver(messageOf(1, at_s)), 200);
    assert.equal((await service.client.balance()).consumed, 1);
  });
});

Deno.test("valid events beside noise in one delivery are metered, and the noise is quarantined or counted", async () => {
  await withService(async (service, at_s) => {
    let number = 0;
    await fc.assert(
      fc.asyncProperty(hostileDelivery(), async ({ payload }) => {
        const valid = webhookOf(messageOf(number, at_s));
        const noise = payload as HostileDelivery["payload"] & { entry: unknown[] };
        const body = bytesOf({ ...valid, entry: [...noise.entry, ...valid.entry, ...noise.entry] });
        assert.equal(await deliver(service, body, sign(body, SECRETS.META_APP_SECRET)), 200);
        number++;
        assert.equal((await service.client.balance()).consumed, number);
      }),
      { numRuns: 100 },
    );
  });
});

Deno.test("a forged, truncated, re-cased, padded or withdrawn signature is 401 and charges nothing", async () => {
  await withService(async (service, at_s) => {
    const body = bytesOf(webhookOf(messageOf(1, at_s)));
    const good = sign(body, SECRETS.META_APP_SECRET);
    const digits = good.slice("sha256=".length);
    const forged: (string | undefined)[] = [
      undefined,
      "",
      "sha256=",
      digits,
      `sha1=${digits}`,
      `sha256=${digits.toUpperCase()}`,
      `SHA256=${digits}`,
      `sha256= ${digits}`,
      `sha256=${digits}00`,
      `${good}, ${good}`,
      good.slice(0, -1),
      good.slice(0, -1) + (good.endsWith("0") ? "1" : "0"),
      `sha256=${"0".repeat(64)}`,
      sign(body, LOST_SECRET),
      sign(body, ""),
      sign(body.slice(0, -1), SECRETS.META_APP_SECRET),
      sign(new Uint8Array(), SECRETS.META_APP_SECRET),
    ];
    for (const signature of forged) {
      assert.equal(await deliver(service, body, signature), 401, String(signature));
    }
    const changed = bytesOf(
      webhookOf(customerWrote(businessNumber(1), numberedCustomer(2), { id: "x", at_s })),
    );
    assert.equal(await deliver(service, changed, good), 401);
    assert.equal((await service.client.balance()).consumed, 0);
    assert.equal(await deliver(service, body, sign(body, OLD_SECRET)), 200);
    assert.equal(await deliver(service, body, good), 200);
    assert.equal((await service.client.balance()).consumed, 1);
  }, ROTATING);
});

Deno.test("a delivery of ten thousand events or of exactly 4 MB is accepted, and one byte more is 413", async () => {
  await withService(async (service, at_s) => {
    const many = Array.from({ length: 10_000 }, (_, i) => messageOf(i, at_s));
    const events = bytesOf(webhookOf(...many));
    assert.ok(events.length < MAX_BYTES);
    assert.equal(await deliver(service, events, sign(events, SECRETS.META_APP_SECRET)), 200);
    const { consumed } = await service.client.ok("GET", `/v1/companies/${COMPANY}/balance`);
    assert.equal(consumed, 10_000);
    for (const [size, status] of [[MAX_BYTES, 200], [MAX_BYTES + 1, 413]] as const) {
      const padded = new Uint8Array(size).fill(0x20);
      padded.set(bytesOf(webhookOf(messageOf(1, at_s))));
      assert.equal(await deliver(service, padded, sign(padded, SECRETS.META_APP_SECRET)), status);
    }
  });
});

/** Whether a body is quarantined without being parsed. */
function isTooComplex(body: Uint8Array): boolean {
  return body.length > 64 * 1024 && exceedsLimits(body, { parts: 1_000_000, depth: 64 });
}

const MAX_BYTES = 4 * 1024 * 1024;

function isJson(body: Uint8Array): boolean {
  try {
    JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
    return true;
  } catch {
    return false;
  }
}
