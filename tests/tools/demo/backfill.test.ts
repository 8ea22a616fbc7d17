import assert from "node:assert/strict";
import { BAKERY } from "../../../tools/demo/company.ts";
import { backfill } from "../../../tools/demo/backfill.ts";
import { Api } from "../../../tools/demo/api.ts";
import { createBakery, createNeighbours, setMetaAccounts, setMetaRates } from "../../../tools/demo/setup.ts";
import { NEIGHBOURS } from "../../../tools/demo/neighbours.ts";
import { ADMIN_KEY, APP_SECRET, TestService } from "../../http/test_service.ts";

const CONTRACT = `/v1/companies/${BAKERY.company}/contract`;

Deno.test("a run makes up for an upgrade that the last run did not reach", async () => {
  await using demo = new Demo();
  await createBakery(demo.api);
  await demo.fillIn();
  assert.deepEqual(await demo.packages(), [BAKERY.upgrade.package.credits]);
  await demo.fillIn();
  assert.deepEqual(await demo.packages(), [BAKERY.upgrade.package.credits]);
});

Deno.test("a contract changed by hand is not upgraded", async () => {
  await using demo = new Demo();
  await createBakery(demo.api);
  await demo.putContract({ ...BAKERY.contract, package: { credits: 1_800, price: "150.00" } });
  await demo.fillIn();
  assert.deepEqual(await demo.packages(), [1_800]);
  // The first terms again: the same credits, from the first renewal that the commitment allows.
  await demo.putContract(BAKERY.contract);
  const by_hand = await demo.packages();
  await demo.fillIn();
  assert.deepEqual(await demo.packages(), by_hand);
});

Deno.test("the demo sets Meta's rates of Brazil once, and keeps those that were changed by hand", async () => {
  await using demo = new Demo();
  await setMetaRates(demo.api);
  const { rates } = await demo.metaRates();
  const brazil = rates.find(({ market }: { market: string }) => market === "Brazil");
  assert.deepEqual(
    [
      brazil.marketing,
      brazil.utility,
      brazil.authentication,
      brazil.authentication_international,
      brazil.service,
    ],
    ["0.0625", "0.0068", "0.0068", null, "0.0068"],
  );
  await demo.put("/v1/meta_rates", {
    currency: "USD",
    effective_from: "2026-10-01",
    rates: [{ market: "Brazil", marketing: "0.07" }],
    correction: "by hand",
  });
  await setMetaRates(demo.api);
  assert.equal((await demo.metaRates()).revision, 2);
});

Deno.test("each number of the demo has a Meta account, so its messages have a price, and one set by hand stays", async () => {
  await using demo = new Demo();
  await createBakery(demo.api);
  await createNeighbours(demo.api);
  const [by_hand = "", ...others] = [BAKERY.profile, ...NEIGHBOURS.map(({ profile }) => profile)]
    .flatMap(({ phone_number_ids }) => phone_number_ids ?? []);
  const own = { account_id: "1", portfolio_id: "2", time_zone: "UTC", currency: "EUR" };
  await demo.put(`/v1/phone_numbers/${by_hand}/meta_account`, own);
  await setMetaAccounts(demo.api);
  assert.equal((await demo.metaAccount(by_hand)).account_id, "1");
  assert.equal(others.length, 4);
  for (const number of others) {
    const { time_zone, currency } = await demo.metaAccount(number);
    assert.deepEqual([time_zone, currency], ["America/Sao_Paulo", "USD"], number);
  }
});

/** A service whose clock is past the date of the upgrade, as after a restart of the demo. */
class Demo implements AsyncDisposable {
  readonly #service = new TestService();
  readonly #server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    (request) => this.#service.app.hono.fetch(request),
  );
  readonly #signal = new AbortController().signal;
  readonly api = new Api(
    { url: `http://127.0.0.1:${this.#server.addr.port}`, admin_key: ADMIN_KEY, app_secret: APP_SECRET },
    this.#signal,
  );

  /** Backfills the first second of the week in which Meta retries. */
  async fillIn(): Promise<void> {
    const until_s = this.#service.now_ms / 1000 - 7 * 86_400 + 1;
    const stretch = { opened_on: Temporal.PlainDate.from("2026-09-01"), until_s };
    await backfill(this.api, stretch, { update: () => {} }, this.#signal);
  }

  /** Reads the rate card in dollars. */
  async metaRates() {
    return await this.#service.readJson("GET", "/v1/meta_rates?currency=USD&on=2026-10-01");
  }

  /** Reads the Meta account of a number. */
  async metaAccount(phone_number_id: string) {
    return (await this.#service.readJson("GET", `/v1/phone_numbers/${phone_number_id}`)).meta_account;
  }

  /** Sends a request as an operator does. */
  async put(path: string, body: unknown): Promise<void> {
    await this.#service.readJson("PUT", path, body);
  }

  /** Changes the contract as an operator does. */
  async putContract(offer: unknown): Promise<void> {
    await this.#service.readJson("PUT", CONTRACT, offer);
  }

  /** Reads the credits of the current and scheduled packages. */
  async packages(): Promise<number[]> {
    const contract = await this.#service.readJson("GET", CONTRACT);
    return [contract, contract.scheduled].flatMap((terms) => terms?.package?.credits ?? []);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
    await this.#service[Symbol.asyncDispose]();
  }
}
