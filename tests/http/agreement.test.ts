import fc from "fast-check";
import { signedBody, webhookOf } from "../support/payloads.ts";
import { assertAgreement } from "../support/agreement.ts";
import { type Asked, COMPANY, play, steps } from "../support/busy_month.ts";
import { APP_SECRET, House } from "./test_service.ts";

Deno.test("whatever happened: usage report = ledger = CSV = statement = balance, by every label", async () => {
  await fc.assert(
    fc.asyncProperty(steps(60), async (all) => {
      await using house = new House();
      await play(askedOf(house), all);
      await assertAgreement({
        json: (path) => house.read("GET", path),
        csv: async (path) => {
          const response = await house.ask("GET", path, undefined, { accept: "text/csv" });
          return new TextDecoder("utf-8", { ignoreBOM: true }).decode(await response.bytes());
        },
      }, COMPANY);
    }),
    { numRuns: 40 },
  );
});

function askedOf(house: House): Asked {
  return {
    ask: async (method, path, body) => {
      const response = await house.ask(method, path, body);
      await response.body?.cancel();
      return response.status;
    },
    deliver: async (...changes) => {
      const { body, signature } = signedBody(webhookOf(...changes), APP_SECRET);
      const headers = { "content-type": "application/json", "x-hub-signature-256": signature };
      await house.ask("POST", "/webhooks/whatsapp", new TextDecoder().decode(body), headers);
    },
    now: () => Promise.resolve(Temporal.Instant.fromEpochMilliseconds(house.now_ms)),
  };
}
