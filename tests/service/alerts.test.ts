import assert from "node:assert/strict";
import { Webhook } from "standardwebhooks";
import { verifyAlert } from "../../client/mod.ts";
import { withDatabase } from "../support/database.ts";
import { businessNumber, customerWrote } from "../support/payloads.ts";
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

  /** Resolves with the received alerts of a type when there are `count` of them. */
  async receivedOf(type: string, count: number) {
    for (;;) {
      const found = this.#received.filter(({ body }) => JSON.parse(body).type === type);
      if (found.length >= count) return found;
      await this.#arrival.promise;
    }
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
    const types = ["package.nearly_used", "package.used_up", "month.closed"];
    const { secret, id } = await client.ok("POST", "/v1/webhook_endpoints", { url: receiver.url, types });
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

Deno.test("closed days, a spike and the quarantine alert once, with two processes on one database", async () => {
  await withDatabase(async (database) => {
    await using receiver = new Receiver();
    await using service = await ServiceProcess.start({ DATABASE_URL: database.url });
    await using other = await ServiceProcess.start({ DATABASE_URL: database.url });
    const { client } = service;
    await client.createCompany();
    const path = `/v1/companies/${COMPANY}`;
    await client.ok("PUT", "/v1/features/automation.run", { credits: 1 });
    const types = ["day.closed", "usage.spike", "quarantine.not_empty"];
    const { secret, id } = await client.ok("POST", "/v1/webhook_endpoints", { url: receiver.url, types });
    const endpoint = `/v1/webhook_endpoints/${id}`;
    const use = (day: number, quantity: number) =>
      client.ok("POST", `${path}/usage`, { id: `day ${day}`, feature: "automation.run", quantity });
    const advanceBoth = async (duration: string) => {
      for (const process of [service, other]) {
        await process.client.ok("POST", "/v1/test_clock", { advance: duration });
      }
    };

    // Seven days of 10 credits, and a spike on the eighth.
    for (let day = 1; day <= 7; day++) {
      await use(day, 10);
      await advanceBoth("P1D");
    }
    await receiver.receivedOf("day.closed", 7);
    await use(8, 400);
    const at_s = Math.floor((await client.now()).epochMilliseconds / 1000);
    const message = { id: "wamid.unclaimed", at_s };
    assert.equal(
      await client.deliver(customerWrote(businessNumber(9), { phone: "5511987650001" }, message)),
      200,
    );
    await advanceBoth("PT1M");
    const [spike] = await receiver.receivedOf("usage.spike", 1);
    const [quarantine] = await receiver.receivedOf("quarantine.not_empty", 1);
    const verified = await verifyAlert(spike!.body, spike!.headers, secret);
    assert.deepEqual(verified.type === "usage.spike" && [verified.data.consumed, verified.data.usual], [
      400,
      10,
    ]);
    assert.deepEqual(JSON.parse(quarantine!.body).data.company, null);

    const test = await client.ok("POST", `${endpoint}/test`, undefined);
    const [tested] = await receiver.receivedOf("endpoint.test", 1);
    assert.equal(tested!.headers["webhook-id"], test.id);
    const delivery = spike!.headers["webhook-id"];
    await client.ok("POST", `${endpoint}/deliveries/${delivery}/resend`, undefined);
    const spikes = await receiver.receivedOf("usage.spike", 2);
    assert.deepEqual(spikes.map(({ headers }) => headers["webhook-id"]), [delivery, delivery]);
    assert.equal(spikes[0]!.body, spikes[1]!.body);

    const { data: deliveries } = await client.ok("GET", `${endpoint}/deliveries`);
    const received = new Set((await receiver.received(0)).map(({ headers }) => headers["webhook-id"]));
    assert.deepEqual(new Set(deliveries.map((one: { id: string }) => one.id)), received);
    const { data: days } = await client.ok("GET", `${path}/alerts?type=day.closed`);
    const dates = days.map(({ data }: { data: { date: string } }) => data.date);
    assert.equal(new Set(dates).size, dates.length);
  });
});
