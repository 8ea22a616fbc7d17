import fc from "fast-check";
import { signedBody, webhookOf } from "../support/payloads.ts";
import { assertReportsAgree } from "../support/agreement.ts";
import { COMPANY, monthSteps, type MonthTarget, playMonth } from "../support/busy_month.ts";
import { APP_SECRET, TestService } from "./test_service.ts";

Deno.test("after any history: usage report = ledger = CSV = statement = balance, by every label", async () => {
  await fc.assert(
    fc.asyncProperty(monthSteps(60), async (all) => {
      await using service = new TestService();
      await playMonth(askedOf(service), all);
      await assertReportsAgree({
        json: (path) => service.readJson("GET", path),
        csv: async (path) => {
          const response = await service.request("GET", path, undefined, { accept: "text/csv" });
          return new TextDecoder("utf-8", { ignoreBOM: true }).decode(await response.bytes());
        },
      }, COMPANY);
    }),
    { numRuns: 40 },
  );
});

function askedOf(service: TestService): MonthTarget {
  return {
    request: async (method, path, body) => {
      const response = await service.request(method, path, body);
      await response.body?.cancel();
      return response.status;
    },
    deliver: async (...changes) => {
      const { body, signature } = signedBody(webhookOf(...changes), APP_SECRET);
      const headers = { "content-type": "application/json", "x-hub-signature-256": signature };
      await service.request("POST", "/webhooks/whatsapp", new TextDecoder().decode(body), headers);
    },
    now: () => Promise.resolve(Temporal.Instant.fromEpochMilliseconds(service.now_ms)),
  };
}
