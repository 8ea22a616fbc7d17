import assert from "node:assert/strict";
import { EventSource } from "eventsource";
import { type Balance, PoliCredits } from "../../client/mod.ts";
import { freePort } from "../../tools/free_port.ts";
import { withDatabase } from "../support/database.ts";
import { COMPANY, messageOf, seconds, SECRETS, ServiceProcess } from "../support/service.ts";

const MESSAGES = 12;
const PATH = `/v1/companies/${COMPANY}/balance/stream`;

Deno.test("the client and npm's eventsource follow a balance across a service that is killed and started on its port again, without a gap", async () => {
  await withDatabase(async (database) => {
    const port = freePort();
    const env = { DATABASE_URL: database.url, PORT: String(port) };
    const first = await ServiceProcess.start(env);
    await first.client.createCompany();
    const at_s = seconds(await first.client.now());
    const followers = [new ClientFollower(port), new EventSourceFollower(port)];
    await Promise.all(followers.map((follower) => follower.until(0)));

    for (let number = 1; number < MESSAGES / 2; number++) {
      assert.equal(await first.client.deliver(messageOf(number, at_s)), 200);
    }
    await Promise.all(followers.map((follower) => follower.until(MESSAGES / 2 - 1)));
    // Some of these are committed before the service dies; Meta delivers all of them again.
    const cut_off = [...others()].map((number) => first.client.deliver(messageOf(number, at_s)));
    await first.end("SIGKILL");
    await Promise.all(cut_off);
    await using second = await ServiceProcess.start(env);
    for (const number of others()) {
      assert.equal(await second.client.deliver(messageOf(number, at_s)), 200);
    }

    const { version, consumed } = await second.client.balance();
    assert.equal(consumed, MESSAGES);
    for (const follower of followers) {
      await follower.until(MESSAGES);
      follower.close();
      assert.equal(follower.balances.at(-1)!.version, version);
      const versions = follower.versions;
      assert.deepEqual(versions, [...new Set(versions)].sort((a, b) => a - b), follower.constructor.name);
    }
  });
});

/** The numbers of the messages that are on their way when the service dies. */
function* others(): Generator<number> {
  for (let number = MESSAGES / 2; number <= MESSAGES; number++) yield number;
}

/** The balances that one follower of the stream has got. */
abstract class Follower {
  readonly balances: Balance[] = [];
  #arrival = Promise.withResolvers<void>();

  abstract close(): void;

  get versions(): number[] {
    return this.balances.map(({ version }) => version);
  }

  take(balance: Balance): void {
    this.balances.push(balance);
    this.#arrival.resolve();
    this.#arrival = Promise.withResolvers();
  }

  /** Waits until so many credits are consumed. */
  async until(consumed: number): Promise<void> {
    while (this.balances.at(-1)?.consumed !== consumed) await this.#arrival.promise;
  }
}

class ClientFollower extends Follower {
  readonly #stop = new AbortController();

  constructor(port: number) {
    super();
    const credits = new PoliCredits({ url: `http://127.0.0.1:${port}`, key: SECRETS.ADMIN_KEY });
    void this.#follow(credits);
  }

  async #follow(credits: PoliCredits): Promise<void> {
    const options = { signal: this.#stop.signal, reconnect_ms: 50 };
    for await (const balance of credits.streamBalance(COMPANY, options)) this.take(balance);
  }

  close(): void {
    this.#stop.abort();
  }
}

class EventSourceFollower extends Follower {
  readonly #source: EventSource;

  constructor(port: number) {
    super();
    const authorization = `Bearer ${SECRETS.ADMIN_KEY}`;
    this.#source = new EventSource(`http://127.0.0.1:${port}${PATH}`, {
      fetch: (url, init) => fetch(url, { ...init, headers: { ...init.headers, authorization } }),
    });
    // A reconnection may start with the version that it had: nothing is new then.
    this.#source.addEventListener("balance", ({ data }) => {
      const balance: Balance = JSON.parse(data);
      if (balance.version !== this.versions.at(-1)) this.take(balance);
    });
  }

  close(): void {
    this.#source.close();
  }
}
