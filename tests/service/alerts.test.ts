import assert from "node:assert/strict";
import { Webhook } from "standardwebhooks";
import { verifyAlert } from "../../client/mod.ts";
import { withDatabase } from "../support/database.ts";
import { COMPANY, ServiceProcess } from "../support/service.ts";

/** A local HTTP server that receives alerts. */
class Receiver implements AsyncDisposable {
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #received: { headers: Record<string, string>; body: string }[] = [];
  #arrival = Promise.withResolvers<void>();

  constructor() {
    this.#server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
      this.#received.push({ headers: Object.fromEntries(request.headers), body: await request.text() });
      this.#arrival.resolve();
      this.#arrival = Promise.withResolvers();
      return new Response(null, { status: 204 });
    });
  }

  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}/hooks`;
  }

  /** Resolves with the received requests when there are `count` of them. */
  async received(count: number) {
    while (this.#received.length < count) await this.#arrival.promise;
    return this.#received;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

/** The parts of an alert that the test reads. */
interface Alert {
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

Deno.test("a platform receives signed alerts when a package is nearly used, used up and its month closed", async () => {
  await withDatabase(async (database) => {
    await using receiver = new Receiver();
    await using service = await ServiceProcess.start({ DATABASE_URL: database.url });
    const { client } = service;
    await client.createCompany();
    const path = `/v1/companies/${COMPANY}`;
    const offer = { package: { credits: 10, price: "10.00" }, excess_credit_price: "1.50" };
    await client.ok("PUT", `${path}/contract`, offer);
    await client.ok("PUT", "/v1/features/automation.run", { credits: 1 });
    const { secret, id } = await client.ok("POST", "/v1/webhook_endpoints", { url: receiver.url });
    const use = (id: string, quantity: number) =>
      client.ok("POST", `${path}/usage`, { id, feature: "automation.run", quantity });
    const advance = (duration: string) => client.ok("POST", "/v1/test_clock", { advance: duration });

    const { period } = await client.balance();
    await use("first", 8);
    await advance("PT1M");
    await receiver.received(1);
    await use("second", 5);
    await advance("PT1M");
    await receiver.received(2);
    // More than the 70 days of `OPEN_MS_MAX`: the closing is found by the time of its recording.
    await advance("P80D");
    const received = await receiver.received(4);

    const alerts = received.map(({ headers, body }) => new Webhook(secret).verify(body, headers) as Alert);
    // The client verifies them as the other implementation does.
    const verified = received.map(({ headers, body }) => verifyAlert(body, headers, secret));
    assert.deepEqual(await Promise.all(verified), alerts);
    const figures = ({ type, data: { consumed, granted, available, excess } }: Alert) =>
      [type, consumed, granted, available, excess] as const;
    assert.deepEqual(alerts.filter(({ data }) => data.period === period).map(figures), [
      ["package.nearly_used", 8, 10, 2, 0],
      ["package.used_up", 13, 10, 0, 3],
      ["month.closed", 13, 10, 0, 3],
    ]);
    for (const { data } of alerts) assert.equal(data.company, COMPANY);
    const { data: [endpoint] } = await client.ok("GET", "/v1/webhook_endpoints");
    assert.deepEqual([endpoint.id, endpoint.status, endpoint.last_failure], [id, "live", null]);
  });
});
