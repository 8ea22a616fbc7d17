import assert from "node:assert/strict";
import { localMs } from "../../support/fixtures.ts";
import { TestService, ZONE } from "../test_service.ts";

const TOKYO = "Asia/Tokyo";

Deno.test("balances of two companies in turn have their own time and the end of their own day", async () => {
  await using service = new TestService();
  await service.createCompany("acme");
  await service.createCompany("bravo", { time_zone: TOKYO, phone_number_ids: [] });
  const balanceOf = (company: string) => service.readJson("GET", `/v1/companies/${company}/balance`);
  for (const [time, zone] of [["2026-11-03 09:00", ZONE], ["2026-11-04 09:00", ZONE]] as const) {
    await service.advanceTo(localMs(time, zone));
    for (const [company, in_zone] of [["acme", ZONE], ["bravo", TOKYO]] as const) {
      const { as_of, open_windows } = await balanceOf(company);
      const now = Temporal.Instant.fromEpochMilliseconds(service.now_ms);
      const midnight = now.toZonedDateTimeISO(in_zone).startOfDay().add({ days: 1 }).toInstant();
      assert.equal(as_of, now.toString(), company);
      assert.equal(open_windows.closes_at, midnight.toString(), company);
      service.now_ms += 1;
    }
  }
});

Deno.test("a balance that is read again has the time of that read, and the figures of its last change", async () => {
  await using service = new TestService();
  await service.createCompany("acme");
  const read = async () => {
    const response = await service.request("GET", "/v1/companies/acme/balance");
    return { tag: response.headers.get("etag"), ...await response.json() };
  };
  const first = await read();
  service.now_ms += 1_500;
  const later = await read();
  assert.deepEqual(later, {
    ...first,
    as_of: Temporal.Instant.fromEpochMilliseconds(service.now_ms).toString(),
  });
  await service.readJson("PUT", "/v1/companies/acme/contract", {
    package: { credits: 100, price: "90.00" },
    excess_credit_price: "1.00",
    currency: "BRL",
  });
  const changed = await read();
  assert.equal(changed.granted, 100);
  assert.notEqual(changed.tag, first.tag);
});
