import assert from "node:assert/strict";
import type { Balance } from "../../src/domain/company/balance.ts";
import type { CompanyId } from "../../src/domain/types.ts";
import { LiveFeed } from "../../src/live/feed.ts";
import { SharedFeed } from "../../src/live/shared_feed.ts";
import { MemoryBus } from "../support/cluster/memory_bus.ts";
import { quiesce } from "../support/quiesce.ts";

const ACME = "acme" as CompanyId;

function balance(version: number): Balance {
  return { company: ACME, version, consumed: version } as unknown as Balance;
}

/** Two nodes: `owner` has the company, `viewer` has its viewers. */
class TwoNodes implements Disposable {
  readonly bus = new MemoryBus();
  readonly feed = new LiveFeed({ heartbeat_ms: 1_000_000 });
  /** The committed balance, which a snapshot reads. */
  committed = balance(1);
  snapshots = 0;
  owner_id: string | undefined = "first";
  now_ms = 0;
  readonly owner = this.#node("owner", new LiveFeed());
  readonly viewer = this.#node("viewer", this.feed);
  #namings: Disposable;

  constructor() {
    this.#namings = this.owner.takeNamings("first");
  }

  /** Publishes a committed balance on the owner. */
  commit(version: number): void {
    this.committed = balance(version);
    if (this.owner.isWatched(ACME)) this.owner.publish(this.committed);
  }

  /** Gives the company's node another id. */
  moveTo(id: string): void {
    this.#namings[Symbol.dispose]();
    this.owner_id = id;
    this.#namings = this.owner.takeNamings(id);
  }

  /** Runs what happens each second. */
  async second(): Promise<void> {
    this.now_ms += 1_000;
    for (const node of [this.owner, this.viewer]) node.nameWatched();
    await quiesce();
    await quiesce();
  }

  [Symbol.dispose](): void {
    this.owner.stop();
    this.viewer.stop();
    this.#namings[Symbol.dispose]();
    this.feed.close();
  }

  #node(name: string, feed: LiveFeed): SharedFeed {
    const node = new SharedFeed({
      feed,
      bus: this.bus.of(name),
      now_ms: () => this.now_ms,
      id: name,
      owns: () => name === "owner",
      ownerOf: () => this.owner_id,
      readBalance: () => {
        this.snapshots++;
        return Promise.resolve(this.committed);
      },
    });
    node.start();
    return node;
  }
}

Deno.test("a viewer on another node gets each commit, from the moment its node has named the company", async () => {
  using nodes = new TwoNodes();
  using subscription = nodes.feed.subscribe(ACME)!;
  nodes.commit(2);
  await nodes.second();
  // Not published, as nobody had named the company: the snapshot has it.
  assert.equal((await subscription.next() as Balance).version, 2);
  nodes.commit(3);
  assert.deepEqual(await subscription.next(), balance(3));
  assert.equal(nodes.snapshots, 1);
});

Deno.test("balances of one turn of the event loop are one message with the newest of each company", async () => {
  using nodes = new TwoNodes();
  using subscription = nodes.feed.subscribe(ACME)!;
  await nodes.second();
  const before = nodes.bus.sent.filter((subject) => subject === "feeds.viewer").length;
  for (const version of [2, 3, 4]) nodes.commit(version);
  while ((await subscription.next() as Balance).version < 4);
  assert.equal(nodes.bus.sent.filter((subject) => subject === "feeds.viewer").length - before, 1);
});

Deno.test("very many watched companies are named in parts, and a naming that the bus does not take ends nothing", async () => {
  using nodes = new TwoNodes();
  const companies = Array.from({ length: 1_200 }, (_, n) => `company-${n}` as CompanyId);
  const subscriptions = companies.map((company) => nodes.feed.subscribe(company)!);
  nodes.bus.message_bytes_max = 100;
  await nodes.second();
  nodes.bus.message_bytes_max = 32_000;
  await nodes.second();
  for (const company of companies) nodes.owner.publish({ ...balance(7), company });
  const items = await Promise.all(subscriptions.map((subscription) => subscription.next()));
  assert.deepEqual(new Set(items.map((item) => (item as Balance).version)), new Set([7]));
  assert.equal(nodes.bus.sent.filter((subject) => subject === "feeds.viewer").length, 3);
});

Deno.test("a balance that the bus lost is delivered within a second", async () => {
  using nodes = new TwoNodes();
  using _ = nodes.feed.subscribe(ACME)!;
  await nodes.second();
  nodes.bus.stop();
  nodes.commit(5);
  await quiesce();
  nodes.bus.start();
  await nodes.second();
  assert.equal(nodes.feed.newestVersion(ACME), 5);
});

Deno.test("while a node does not get namings its companies' viewers elsewhere wait, and then read a snapshot", async () => {
  using nodes = new TwoNodes();
  using subscription = nodes.feed.subscribe(ACME)!;
  nodes.bus.loseSubscriptions("owner", "nodes.first.namings");
  nodes.commit(2);
  await nodes.second();
  assert.equal(nodes.snapshots, 0);
  nodes.bus.of("owner").resubscribe("nodes.first.namings");
  await nodes.second();
  assert.deepEqual(await subscription.next(), balance(2));
});

Deno.test("when the company has another node its balance is read again, once", async () => {
  using nodes = new TwoNodes();
  using _ = nodes.feed.subscribe(ACME)!;
  await nodes.second();
  await nodes.second();
  assert.equal(nodes.snapshots, 1);
  nodes.moveTo("second");
  // Committed by a node that does not know of the viewer yet.
  nodes.committed = balance(9);
  await nodes.second();
  await nodes.second();
  assert.equal(nodes.snapshots, 2);
  assert.equal(nodes.feed.newestVersion(ACME), 9);
});

Deno.test("a company is no longer watched when no node has named it for a few seconds", async () => {
  using nodes = new TwoNodes();
  const subscription = nodes.feed.subscribe(ACME)!;
  await nodes.second();
  assert.equal(nodes.owner.isWatched(ACME), true);
  subscription[Symbol.dispose]();
  for (let n = 0; n < 5; n++) await nodes.second();
  assert.equal(nodes.owner.isWatched(ACME), false);
});
