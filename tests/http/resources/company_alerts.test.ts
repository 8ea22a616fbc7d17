import assert from "node:assert/strict";
import { encodeCursor } from "../../../src/http/kit/cursor.ts";
import { type CompanyId, credits, type LocalDate, type Month } from "../../../src/domain/types.ts";
import { textOf } from "../../web/page_views.ts";
import { TestService } from "../test_service.ts";

const ALERTS = "/v1/companies/acme/alerts";
const THRESHOLDS = "/v1/companies/acme/alert_thresholds";
const DEFAULT = { used_percents: [80], credits_left: [], runs_out_days: 7 };

/** Sets the month of a company in the stored rows. */
function setMonth(service: TestService, consumed: number, granted: number): void {
  const period = {
    month: "2026-11" as Month,
    granted: credits(granted),
    consumed: credits(consumed),
    closed: false,
  };
  service.alert_store.months = [{ company: "acme" as CompanyId, period }];
}

Deno.test("a company has the default thresholds until it has its own, which are sorted", async () => {
  await using service = new TestService();
  await service.createCompany();
  const none = { is_default: true, set_at: null, set_by: null };
  assert.deepEqual(await service.readJson("GET", THRESHOLDS), { ...DEFAULT, ...none });
  const own = { used_percents: [90, 50], credits_left: [5, 100], runs_out_days: null };
  const set = { ...own, used_percents: [50, 90], credits_left: [100, 5], is_default: false };
  const stored = { ...set, set_at: "2026-11-03T12:00:00Z", set_by: "admin-key" };
  assert.deepEqual(await service.readJson("PUT", THRESHOLDS, own), stored);
  assert.deepEqual(await service.readJson("GET", THRESHOLDS), stored);
});

Deno.test("thresholds outside their bounds, repeated or missing are 422 and change nothing", async () => {
  await using service = new TestService();
  await service.createCompany();
  for (
    const [path, wrong] of [
      ["used_percents[0]", { used_percents: [100] }],
      ["used_percents[0]", { used_percents: [0] }],
      ["used_percents[1]", { used_percents: [80, 80] }],
      ["used_percents", { used_percents: [1, 2, 3, 4, 5, 6] }],
      ["credits_left[0]", { credits_left: [0] }],
      ["credits_left[0]", { credits_left: [1e13] }],
      ["runs_out_days", { runs_out_days: 32 }],
      ["runs_out_days", { runs_out_days: undefined }],
    ] as const
  ) {
    const problem = await service.requestProblem("PUT", THRESHOLDS, { ...DEFAULT, ...wrong });
    assert.deepEqual([problem.status, problem.errors?.[0]?.path], [422, path]);
  }
  assert.equal((await service.readJson("GET", THRESHOLDS)).is_default, true);
});

Deno.test("thresholds and alerts of an unknown company are 404", async () => {
  await using service = new TestService();
  for (const path of [ALERTS, THRESHOLDS]) {
    assert.equal((await service.requestProblem("GET", path)).code, "company_not_found");
  }
  assert.equal((await service.requestProblem("PUT", THRESHOLDS, DEFAULT)).code, "company_not_found");
});

Deno.test("a company's alerts are listed newest first, by its own thresholds, in pages", async () => {
  await using service = new TestService();
  await service.createCompany();
  await service.readJson("PUT", THRESHOLDS, { ...DEFAULT, used_percents: [50], credits_left: [10] });
  for (const consumed of [50, 90, 100]) {
    setMonth(service, consumed, 100);
    await service.alerts.raiseAndDeliver();
    service.now_ms += 60_000;
  }
  const { data } = await service.readJson("GET", ALERTS);
  const summary = data.map(({ type, raised_at, data }: { type: string; raised_at: string; data: never }) => [
    type,
    raised_at,
    data["threshold"],
  ]);
  assert.deepEqual(summary, [
    ["package.used_up", "2026-11-03T12:02:00Z", undefined],
    ["package.nearly_used", "2026-11-03T12:01:00Z", { credits_left: 10 }],
    ["package.nearly_used", "2026-11-03T12:00:00Z", { used_percent: 50 }],
  ]);
  const first = await service.readJson("GET", `${ALERTS}?limit=2`);
  const second = await service.readJson("GET", `${ALERTS}?limit=2&cursor=${first.next_cursor}`);
  assert.deepEqual([...first.data, ...second.data], data);
  assert.deepEqual((await service.readJson("GET", `${ALERTS}?type=package.used_up`)).data, data.slice(0, 1));
  const csv = await service.request("GET", ALERTS, undefined, { accept: "text/csv" });
  assert.match(await csv.text(), /^id;type;raised_at;data\r\nal_/);
});

Deno.test("a malformed cursor or type of the list of alerts is 422", async () => {
  await using service = new TestService();
  await service.createCompany();
  const cursor = encodeCursor({ at_ms: 0, id: "\0" });
  for (const [path, query] of [["cursor", `cursor=${cursor}`], ["type", "type=none"]] as const) {
    const problem = await service.requestProblem("GET", `${ALERTS}?${query}`);
    assert.deepEqual([problem.status, problem.errors?.[0]?.path], [422, path]);
  }
});

Deno.test("a stream starts with the alerts of the last day, and gets each later one once", async () => {
  await using service = new TestService();
  await service.createCompany();
  setMonth(service, 80, 100);
  await service.alerts.raiseAndDeliver();
  const response = await service.request("GET", "/v1/companies/acme/balance/stream");
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  const readUntil = async (wanted: string) => {
    while (!text.includes(wanted)) text += (await reader.read()).value;
  };
  await readUntil("package.nearly_used");
  setMonth(service, 100, 100);
  await service.alerts.raiseAndDeliver();
  await service.alerts.raiseAndDeliver();
  await readUntil("package.used_up");
  service.feed.close();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    text += value;
  }
  const events = text.split("\n\n").filter((event) => event.includes("event: alert"));
  const alerts = events.map((event) => JSON.parse(event.slice(event.indexOf("data: ") + 6)));
  const { data } = await service.readJson("GET", ALERTS);
  assert.deepEqual(alerts, data.toReversed());
  for (const event of events) assert.doesNotMatch(event, /^id:/m);
});

Deno.test("the report page lists the newest alerts about credits, and none for operators", async () => {
  await using service = new TestService();
  await service.createCompany();
  await service.readJson("PUT", THRESHOLDS, { ...DEFAULT, used_percents: [50, 60, 70] });
  const day = { local_date: "2026-11-02" as LocalDate, totals: [], closed_at_ms: service.now_ms };
  service.alert_store.days = [{
    company: "acme" as CompanyId,
    first_closed: day.local_date,
    totals: [],
    closed: [day],
    closed_through: day.local_date,
    period: undefined,
    contract: [],
  }];
  for (const consumed of [50, 60, 70, 100]) {
    setMonth(service, consumed, 100);
    await service.alerts.raiseAndDeliver();
    service.now_ms += 60_000;
  }
  assert.equal((await service.readJson("GET", ALERTS)).data.length, 5);
  const page = await service.request("GET", "/reports/credits/acme", undefined, { accept: "text/html" });
  const lines = [...(await page.text()).matchAll(/<li id="al_.*?<\/li>/gs)].map(([line]) =>
    textOf(line).trim()
  );
  assert.deepEqual(lines, [
    "3 de nov., 09:03 Pacote de 100 créditos usado por inteiro.",
    "3 de nov., 09:02 70% do pacote de 100 créditos usado.",
    "3 de nov., 09:01 60% do pacote de 100 créditos usado.",
  ]);
});
