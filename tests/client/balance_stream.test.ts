import assert from "node:assert/strict";
import {
  ApiError,
  type Balance,
  type BalanceStreamOptions,
  PoliCredits,
  type StreamedAlert,
} from "../../client/mod.ts";
import { type CompanyId, credits, type Month } from "../../src/domain/types.ts";
import { ANA, BETO } from "../support/fixtures.ts";
import { problem, ServedService } from "./served_service.ts";

/** Reconnects at once. */
const AT_ONCE = { reconnect_ms: 1 };

async function servedCompany(): Promise<ServedService> {
  const served = new ServedService();
  await served.service.createCompany();
  return served;
}

/** Returns the next balance of a stream. */
async function next(balances: AsyncGenerator<Balance>): Promise<Balance> {
  const { value, done } = await balances.next();
  assert.ok(!done, "the stream has ended");
  return value;
}

/** A client of a service whose connections have these contents, in turn. The last one stays open; a next one is 404. */
function clientOf(connections: readonly string[]) {
  const requests: Request[] = [];
  const credits = new PoliCredits({
    url: "http://service.example",
    key: "a-key",
    fetch: (request) => {
      requests.push(request);
      const text = connections[requests.length - 1];
      if (text === undefined) return Promise.resolve(problem(404, "company_not_found"));
      const is_last = requests.length === connections.length;
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          request.signal.addEventListener("abort", () => controller.error(request.signal.reason));
          controller.enqueue(new TextEncoder().encode(text));
          if (!is_last) controller.close();
        },
      });
      return Promise.resolve(new Response(body, { headers: { "content-type": "text/event-stream" } }));
    },
  });
  return { credits, requests };
}

function eventOf(version: number): string {
  return `event: balance\nid: ${version}\ndata: {"version":${version}}\n\n`;
}

/** Reads a stream of such connections until a version arrives. */
async function versionsUntil(
  last: number,
  connections: readonly string[],
  options: BalanceStreamOptions = {},
) {
  const { credits, requests } = clientOf(connections);
  const versions: number[] = [];
  for await (const { version } of credits.streamBalance("acme", { ...AT_ONCE, ...options })) {
    versions.push(version);
    if (version === last) break;
  }
  return { versions, requests };
}

Deno.test("a stream yields the balance now and after each change", async () => {
  await using served = await servedCompany();
  const balances = served.credits.streamBalance("acme");
  assert.equal((await next(balances)).consumed, 0);
  for (const [index, contact] of [ANA, BETO].entries()) {
    await served.sendTo(contact);
    assert.equal((await next(balances)).consumed, index + 1);
  }
  await balances.return(undefined);
});

Deno.test("a lost connection leaves no gap: the next balance has the changes since", async () => {
  await using served = await servedCompany();
  const states: string[] = [];
  const onConnection = (state: string) => void states.push(state);
  const balances = served.credits.streamBalance("acme", { ...AT_ONCE, onConnection });
  const before = await next(balances);
  served.service.feed.endAll();
  await served.sendTo(ANA);
  const after = await next(balances);
  assert.equal(after.consumed, 1);
  assert.ok(after.version > before.version);
  assert.deepEqual(states, ["open", "lost", "open"]);
  const [first, second] = served.requests;
  assert.equal(first!.headers.get("last-event-id"), null);
  assert.equal(second!.headers.get("last-event-id"), String(before.version));
  assert.equal(second!.headers.get("authorization"), first!.headers.get("authorization"));
  await balances.return(undefined);
});

Deno.test("a stream reconnects while the service is away, and waits as long as Retry-After says", async () => {
  await using served = await servedCompany();
  const answers = [
    () => problem(503, "too_many_streams", { "retry-after": "0" }),
    () => problem(429, "too_many_requests", { "retry-after": "1" }),
    () => new Response("<h1>Bad Gateway</h1>", { status: 502 }),
  ];
  served.intercept = () => answers.shift()?.();
  const balances = served.credits.streamBalance("acme", AT_ONCE);
  assert.equal((await next(balances)).consumed, 0);
  assert.equal(served.requests.length, 4);
  await balances.return(undefined);
});

Deno.test("a version is yielded once, also across connections", async () => {
  const connections = [eventOf(3) + eventOf(4), eventOf(4) + eventOf(4), eventOf(4) + eventOf(6)];
  assert.deepEqual((await versionsUntil(6, connections)).versions, [3, 4, 6]);
});

Deno.test("a service that has lost commits is believed: a new connection may start with a lower version", async () => {
  const connections = [eventOf(9), eventOf(7) + eventOf(6) + eventOf(8)];
  assert.deepEqual((await versionsUntil(8, connections)).versions, [9, 7, 8]);
});

Deno.test("a connection on which nothing arrives is replaced", async () => {
  // The second connection stays open and silent in any case: only the silence ends it.
  const silent = clientOf([eventOf(1), eventOf(2)]);
  const stop = new AbortController();
  const versions: number[] = [];
  const states: string[] = [];
  const options = {
    ...AT_ONCE,
    silence_ms_max: 20,
    signal: stop.signal,
    onConnection: (state: string) => {
      states.push(state);
      if (states.length === 4) stop.abort();
    },
  };
  for await (const { version } of silent.credits.streamBalance("acme", options)) versions.push(version);
  assert.deepEqual([versions, states], [[1, 2], ["open", "lost", "open", "lost"]]);
});

Deno.test("a refused stream throws the problem", async () => {
  await using served = new ServedService();
  const error = await served.credits.streamBalance("nowhere").next().catch((error) => error);
  assert.ok(error instanceof ApiError);
  assert.deepEqual([error.status, error.code], [404, "company_not_found"]);
});

Deno.test("a signal ends the loop without an error, and the connection with it", async () => {
  await using served = await servedCompany();
  const stop = new AbortController();
  let balances = 0;
  for await (const _ of served.credits.streamBalance("acme", { signal: stop.signal })) {
    balances++;
    stop.abort();
  }
  assert.equal(balances, 1);
  await closed(served);
});

Deno.test("a loop that is left closes the connection", async () => {
  await using served = await servedCompany();
  for await (const _ of served.credits.streamBalance("acme")) break;
  await closed(served);
});

Deno.test("a signal that has aborted sends no request", async () => {
  await using served = await servedCompany();
  const options = { signal: AbortSignal.abort() };
  assert.deepEqual(await Array.fromAsync(served.credits.streamBalance("acme", options)), []);
  assert.deepEqual(served.requests, []);
});

Deno.test("an error of the program's own is thrown, and not taken for a lost connection", async () => {
  const { credits, requests } = clientOf([eventOf(1), eventOf(2)]);
  const onConnection = () => {
    throw new Error("the program's own");
  };
  await assert.rejects(
    credits.streamBalance("acme", { ...AT_ONCE, onConnection }).next(),
    /the program's own/,
  );
  assert.equal(requests.length, 1);
});

/** Waits until the service has no open stream. */
async function closed({ service }: ServedService): Promise<void> {
  while (service.feed.viewers > 0) await new Promise((resolve) => setTimeout(resolve, 5));
}

function alertEventOf(id: string): string {
  return `event: alert\ndata: {"id":"${id}","type":"package.used_up"}\n\n`;
}

Deno.test("BALANCES-4: an alert is reported once, although each connection begins with the recent ones", async () => {
  const alerts: string[] = [];
  const { versions } = await versionsUntil(3, [
    eventOf(1) + alertEventOf("a"),
    eventOf(2) + alertEventOf("a") + alertEventOf("b"),
    eventOf(2) + alertEventOf("a") + alertEventOf("b") + alertEventOf("c") + eventOf(3),
  ], { onAlert: ({ id }) => alerts.push(id) });
  assert.deepEqual([versions, alerts], [[1, 2, 3], ["a", "b", "c"]]);
});

Deno.test("an error of the caller's onAlert ends the stream", async () => {
  const onAlert = () => {
    throw new RangeError("the caller's own");
  };
  await assert.rejects(
    versionsUntil(2, [eventOf(1) + alertEventOf("a") + eventOf(2)], { onAlert }),
    RangeError,
  );
});

Deno.test("a stream reports the company's alerts as the service raises them", async () => {
  await using served = await servedCompany();
  const { service } = served;
  const raised = Promise.withResolvers<StreamedAlert>();
  const balances = served.credits.streamBalance("acme", { onAlert: raised.resolve });
  await next(balances);
  const waiting = balances.next();
  const period = { month: "2026-11" as Month, granted: credits(10), consumed: credits(9), closed: false };
  service.alert_store.months = [{ company: "acme" as CompanyId, period }];
  await service.alerts.raiseAndDeliver();
  const alert = await raised.promise;
  assert.deepEqual(alert.type === "package.nearly_used" && alert.data.threshold, { used_percent: 80 });
  await served.sendTo(ANA);
  await waiting;
  await balances.return(undefined);
});
