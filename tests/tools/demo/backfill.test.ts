import assert from "node:assert/strict";
import { BAKERY } from "../../../tools/demo/company.ts";
import { backfill } from "../../../tools/demo/backfill.ts";
import { Api } from "../../../tools/demo/api.ts";
import { createBakery } from "../../../tools/demo/setup.ts";
import { ADMIN_KEY, APP_SECRET, TestService } from "../../http/test_service.ts";

const CONTRACT = `/v1/companies/${BAKERY.company}/contract`;

Deno.test("an upgrade that a run was ended before is made up for by the next", async () => {
  await using demo = new Demo();
  await createBakery(demo.api);
  await demo.fillIn();
  assert.deepEqual(await demo.packages(), [BAKERY.upgrade.package.credits]);
  await demo.fillIn();
  assert.deepEqual(await demo.packages(), [BAKERY.upgrade.package.credits]);
});

Deno.test("a contract that somebody has changed by hand is not upgraded over", async () => {
  await using demo = new Demo();
  await createBakery(demo.api);
  await demo.api.put(CONTRACT, { ...BAKERY.contract, package: { credits: 1_800, price: "150.00" } });
  await demo.fillIn();
  assert.deepEqual(await demo.packages(), [1_800]);
  // The first one again: as many credits, from the renewal that the commitment lets it have.
  await demo.api.put(CONTRACT, BAKERY.contract);
  const by_hand = await demo.packages();
  await demo.fillIn();
  assert.deepEqual(await demo.packages(), by_hand);
});

/** The service as the demo finds it when it is started again, past the date of the upgrade. */
class Demo implements AsyncDisposable {
  readonly #house = new TestService();
  readonly #server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    (request) => this.#house.app.hono.fetch(request),
  );
  readonly #signal = new AbortController().signal;
  readonly api = new Api(
    { url: `http://127.0.0.1:${this.#server.addr.port}`, admin_key: ADMIN_KEY, app_secret: APP_SECRET },
    this.#signal,
  );

  /** Lives through the first second of the week that Meta would deliver again. */
  async fillIn(): Promise<void> {
    const until_s = this.#house.now_ms / 1000 - 7 * 86_400 + 1;
    const stretch = { opened_on: Temporal.PlainDate.from("2026-09-01"), until_s };
    await backfill(this.api, stretch, { update: () => {} }, this.#signal);
  }

  /** The packages that hold or are to come, by their credits. */
  async packages(): Promise<number[]> {
    const contract = await this.#house.readJson("GET", CONTRACT);
    return [contract, contract.scheduled].flatMap((terms) => terms?.package?.credits ?? []);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
    await this.#house[Symbol.asyncDispose]();
  }
}
