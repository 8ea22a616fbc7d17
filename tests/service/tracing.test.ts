import assert from "node:assert/strict";
import { customerWrote, numberedCustomer, wamid, webhookOf } from "../support/payloads.ts";
import { withDatabase } from "../support/database.ts";
import { tracesOf } from "../support/identifier_traces.ts";
import { COMPANY, LINE, seconds, SECRETS, ServiceProcess } from "../support/service.ts";
import { deliveryRequest } from "../support/webhooks.ts";
import { type CollectedSpan, Collector } from "./collector.ts";

const ANA = { phone: "5511987123456" };
const MESSAGE = wamid("a message that nobody may see");
/** The span of a caller outside, such as a proxy. */
const CALLER_SPAN = "00f067aa0ba902b7";

/** Runs the service with OpenTelemetry on, and ends it, which exports all spans. */
async function collect(work: (service: ServiceProcess, at_s: number) => Promise<void>): Promise<Collector> {
  const collector = new Collector();
  await withDatabase(async ({ url }) => {
    await using service = await ServiceProcess.start({ DATABASE_URL: url, ...collector.environment });
    await service.client.createCompany();
    await work(service, seconds(await service.client.now()));
  });
  return collector;
}

/** Delivers a message whose sender is traced. */
async function deliverTraced({ url }: ServiceProcess, at_s: number, trace_id: string, number: number) {
  const message = { id: wamid(trace_id), at_s };
  const payload = webhookOf(customerWrote(LINE, numberedCustomer(number), message));
  const request = deliveryRequest(`${url}/webhooks/whatsapp`, payload, SECRETS.META_APP_SECRET);
  request.headers.set("traceparent", `00-${trace_id}-${CALLER_SPAN}-01`);
  const response = await fetch(request);
  await response.body?.cancel();
  assert.equal(response.status, 200);
}

/** Each span of a trace with the names of all spans above it. */
function pathsIn(spans: readonly CollectedSpan[]): string[] {
  const by_id = new Map(spans.map((span) => [span.id, span]));
  const pathOf = ({ name, parent_id }: CollectedSpan): string => {
    const parent = by_id.get(parent_id);
    return `${parent === undefined ? parent_id : pathOf(parent)} > ${name}`;
  };
  return spans.map(pathOf).toSorted();
}

Deno.test("each of many webhooks at once is a trace from its request to its commit, below its sender's span", async () => {
  const trace_ids = Array.from({ length: 20 }, (_, i) => `4bf92f3577b34da6a3ce929d0e0e47${10 + i}`);
  await using collector = await collect(async (service, at_s) => {
    await Promise.all(trace_ids.map((trace_id, i) => deliverTraced(service, at_s, trace_id, i)));
  });
  for (const trace_id of trace_ids) {
    const spans = collector.spans.filter((span) => span.trace_id === trace_id);
    const request = `${CALLER_SPAN} > POST /webhooks/whatsapp`;
    assert.deepEqual(pathsIn(spans), [
      request,
      `${request} > execute record`,
      `${request} > execute record > commit`,
      `${request} > execute record > commit > write to Postgres`,
      `${request} > read webhook`,
    ]);
    const shown = Object.fromEntries(spans.flatMap(({ attributes }) => [...attributes]));
    assert.equal(shown["poli.events"], 1);
    assert.ok(Number(shown["poli.stored_events"]) >= 1);
    assert.equal(shown["poli.answer"], "done");
    assert.equal(shown["poli.outcome"], "committed");
    assert.equal(shown["poli.companies"], 1);
    assert.equal(shown["http.route"], "/webhooks/whatsapp");
    assert.equal(shown["http.response.status_code"], "200");
  }
});

Deno.test("TRACING-1: nothing that is exported names a person, a message, a company, a link or a key", async () => {
  const secrets: string[] = [];
  await using collector = await collect(async ({ client, url }, at_s) => {
    assert.equal(await client.deliver(customerWrote(LINE, ANA, { id: MESSAGE, at_s })), 200);
    const of = `/v1/companies/${COMPANY}`;
    await client.ok("GET", `${of}/contacts/+${ANA.phone}/window`);
    const session = await client.ok("POST", `${of}/viewer_sessions`, {});
    const { pathname } = new URL(session.url);
    secrets.push(pathname.split("/").at(-1)!);
    const page = await fetch(`${url}${pathname}`, { redirect: "manual" });
    await page.body?.cancel();
    const nowhere = await fetch(`${url}/nowhere/${ANA.phone}?q=${ANA.phone}`);
    await nowhere.body?.cancel();
    await client.call("GET", `${of}/contacts/not-a-phone-${ANA.phone}`);
  });
  const names = new Set(collector.spans.map(({ name }) => name));
  assert.ok(names.has("GET /v1/companies/{company}/contacts/{contact}/window"), [...names].join("\n"));
  assert.equal(secrets.length, 1);
  const personal = [
    ...tracesOf(ANA.phone),
    MESSAGE,
    COMPANY,
    "Padaria do Bairro",
    LINE.phone_number_id,
    ...secrets,
    ...Object.values(SECRETS),
  ];
  assert.deepEqual(personal.filter((text) => collector.received.includes(text)), []);
});
