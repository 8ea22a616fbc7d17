import assert from "node:assert/strict";
import { ANA } from "../../support/fixtures.ts";
import { NUMBER, TestService } from "../test_service.ts";

const PATH = "/v1/companies/acme";

Deno.test("a window of a past date closes by the time zone of that date", async () => {
  await using service = new TestService();
  await service.createCompany();
  const moveTo = (time_zone: string) =>
    service.readJson("PUT", PATH, { name: "Acme", time_zone, phone_number_ids: [NUMBER] });
  const send = (message_id: string) =>
    service.readJson("POST", `${PATH}/messages`, {
      message_id,
      to: ANA,
      kind: "template",
      category: "utility",
    });
  const clockAt = (now: string) => service.readJson("POST", "/v1/test_clock", { now });
  await send("in São Paulo");
  await clockAt("2026-11-04T12:00:00Z");
  await moveTo("America/Manaus");
  await clockAt("2026-11-06T12:00:00Z");
  await send("in Manaus");
  await moveTo("Europe/Lisbon");
  await clockAt("2026-11-08T12:00:00Z");
  await send("in Lisbon");
  const closing = [
    ["2026-11-08", "2026-11-09T00:00:00Z"],
    ["2026-11-06", "2026-11-07T04:00:00Z"],
    ["2026-11-03", "2026-11-04T03:00:00Z"],
  ];
  interface Shown {
    readonly local_date: string;
    readonly closes_at: string;
  }
  const shown = ({ local_date, closes_at }: Shown) => [local_date, closes_at];
  assert.deepEqual((await service.readJson("GET", `${PATH}/windows`)).data.map(shown), closing);
  const ledger = await service.readJson("GET", `${PATH}/ledger`);
  assert.deepEqual(ledger.data.map(({ window }: { window: Shown }) => shown(window)), closing);
});
