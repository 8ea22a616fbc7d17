import assert from "node:assert/strict";
import { type CompanyId, credits, type Month } from "../../../src/domain/types.ts";
import { TestService } from "../test_service.ts";

const PATH = "/v1/webhook_endpoints";
const UNKNOWN = `${PATH}/we_000000000000000000000000`;

/** Creates an endpoint and returns its path. */
async function createEndpoint(service: TestService): Promise<string> {
  const { id } = await service.readJson("POST", PATH, { url: "https://platform.example/hooks" }, 201);
  return `${PATH}/${id}`;
}

function useUp(service: TestService): void {
  const period = {
    month: "2026-11" as Month,
    granted: credits(10),
    consumed: credits(12),
    closed: false,
  };
  service.alert_store.months = [{ company: "acme" as CompanyId, period }];
}

Deno.test("a failed delivery is listed with its attempts, and resent under its id", async () => {
  await using service = new TestService();
  const endpoint = await createEndpoint(service);
  useUp(service);
  service.endpoint_status = 500;
  await service.alerts.raiseAndDeliver();
  const { data: [failed] } = await service.readJson("GET", `${endpoint}/deliveries`);
  const attempt = { at: "2026-11-03T12:00:00Z", duration_ms: 0 };
  assert.deepEqual(failed, {
    id: failed.id,
    type: "package.used_up",
    data: { company: "acme", period: "2026-11", granted: 10, consumed: 12, available: 0, excess: 2 },
    status: "pending",
    raised_at: "2026-11-03T12:00:00Z",
    delivered_at: null,
    next_attempt_at: "2026-11-03T12:01:00Z",
    attempts: [{ ...attempt, status_code: 500, failure: "response status 500" }],
  });

  service.endpoint_status = 204;
  const resend = `${endpoint}/deliveries/${failed.id}/resend`;
  const resent = await service.readJson("POST", resend);
  assert.deepEqual(resent, { ...failed, next_attempt_at: "2026-11-03T12:00:00Z" });
  await service.alerts.stop();
  const { data: [delivered] } = await service.readJson("GET", `${endpoint}/deliveries`);
  assert.deepEqual(delivered, {
    ...failed,
    status: "delivered",
    delivered_at: "2026-11-03T12:00:00Z",
    next_attempt_at: null,
    attempts: [...failed.attempts, { ...attempt, status_code: 204, failure: null }],
  });
});

Deno.test("a test event is attempted once, and its outcome is listed", async () => {
  await using service = new TestService();
  const endpoint = await createEndpoint(service);
  service.endpoint_status = undefined;
  const sent = await service.readJson("POST", `${endpoint}/test`, undefined, 201);
  assert.deepEqual([sent.type, sent.status, sent.data], [
    "endpoint.test",
    "pending",
    { endpoint: endpoint.slice(PATH.length + 1) },
  ]);
  await service.alerts.raiseAndDeliver();
  const { data: [outcome] } = await service.readJson("GET", `${endpoint}/deliveries`);
  assert.deepEqual([outcome.id, outcome.status, outcome.next_attempt_at], [sent.id, "abandoned", null]);
  assert.deepEqual(outcome.attempts.map(({ failure }: { failure: string }) => failure), [
    "connection failed",
  ]);
  const csv = await service.request("GET", `${endpoint}/deliveries`, undefined, { accept: "text/csv" });
  assert.match(
    await csv.text(),
    /^id;type;data;status;raised_at;delivered_at;next_attempt_at;attempts\r\nmsg_/,
  );
});

Deno.test("unknown endpoints and deliveries are 404, and an endpoint that is gone is 409", async () => {
  await using service = new TestService();
  const endpoint = await createEndpoint(service);
  const codeOf = async (method: string, path: string) => (await service.requestProblem(method, path)).code;
  for (const unknown of [UNKNOWN, `${PATH}/%00`]) {
    assert.equal(await codeOf("GET", `${unknown}/deliveries`), "endpoint_not_found");
    assert.equal(await codeOf("POST", `${unknown}/test`), "endpoint_not_found");
    assert.equal(await codeOf("POST", `${unknown}/deliveries/msg_1/resend`), "endpoint_not_found");
  }
  for (const delivery of [`msg_${"0".repeat(32)}`, "%00"]) {
    assert.equal(await codeOf("POST", `${endpoint}/deliveries/${delivery}/resend`), "delivery_not_found");
  }
  service.endpoint_status = 410;
  const { id } = await service.readJson("POST", `${endpoint}/test`, undefined, 201);
  await service.alerts.raiseAndDeliver();
  assert.equal(await codeOf("POST", `${endpoint}/test`), "endpoint_gone");
  assert.equal(await codeOf("POST", `${endpoint}/deliveries/${id}/resend`), "endpoint_gone");
  const { data: [gone] } = await service.readJson("GET", `${endpoint}/deliveries`);
  assert.deepEqual([gone.status, gone.attempts[0].status_code], ["abandoned", 410]);
});

Deno.test("deliveries are listed newest first, in pages", async () => {
  await using service = new TestService();
  const endpoint = await createEndpoint(service);
  const ids: string[] = [];
  for (let i = 0; i < 3; i++) {
    ids.unshift((await service.readJson("POST", `${endpoint}/test`, undefined, 201)).id);
    service.now_ms += 1_000;
  }
  const first = await service.readJson("GET", `${endpoint}/deliveries?limit=2`);
  const second = await service.readJson("GET", `${endpoint}/deliveries?limit=2&cursor=${first.next_cursor}`);
  assert.deepEqual([...first.data, ...second.data].map(({ id }) => id), ids);
  const problem = await service.requestProblem("GET", `${endpoint}/deliveries?cursor=x`);
  assert.deepEqual([problem.status, problem.errors?.[0]?.path], [422, "cursor"]);
});
