import assert from "node:assert/strict";
import type { Balance } from "../../src/domain/company/balance.ts";
import type { CompanyId, Credits, LocalDate, Month } from "../../src/domain/types.ts";
import { LiveFeed } from "../../src/live/feed.ts";
import type { RaisedAlert, StreamItem } from "../../src/ports/live.ts";

const ACME = "acme" as CompanyId;
const BRAVO = "bravo" as CompanyId;

function balance(version: number, company = ACME): Balance {
  const none = 0 as Credits;
  return {
    company,
    version,
    as_of_ms: 0,
    time_zone: "America/Sao_Paulo",
    period: "2026-11" as Month,
    granted: none,
    consumed: none,
    available: none,
    excess: none,
    consumed_today: none,
    excess_amount: null,
    total: null,
    currency: null,
    renews_on: null,
    commitment_ends_on: null,
    closed_through: "2026-11-02" as LocalDate,
    open_inbound: 0,
    open_outbound: 0,
    closes_at_ms: 0,
  };
}

function versionOf(next: StreamItem): number | string {
  if (typeof next === "string") return next;
  return "alert" in next ? next.alert.id : next.version;
}

function alert(id: string): RaisedAlert {
  const data = { company: ACME, ends_on: "2026-11-30" as LocalDate, days_left: 7, cancels_on: null };
  return { id, type: "commitment.ending", raised_at_ms: 0, data };
}

Deno.test("FEED-1: of the balances published between two calls, the viewer gets the newest", async () => {
  using feed = closing(new LiveFeed());
  const viewer = feed.value.subscribe(ACME)!;
  for (const version of [1, 2, 3]) feed.value.publish(balance(version));
  assert.equal(versionOf(await viewer.next()), 3);
});

Deno.test("FEED-2: an older version is never delivered after a newer one", async () => {
  using feed = closing(new LiveFeed());
  const viewer = feed.value.subscribe(ACME)!;
  feed.value.publish(balance(2));
  assert.equal(versionOf(await viewer.next()), 2);
  const next = viewer.next();
  feed.value.publish(balance(1));
  feed.value.publish(balance(2));
  feed.value.publish(balance(3));
  assert.equal(versionOf(await next), 3);
});

Deno.test("FEED-2: an older version published after a newer one does not replace it", async () => {
  using feed = closing(new LiveFeed());
  const viewer = feed.value.subscribe(ACME)!;
  for (const version of [1, 3, 2]) feed.value.publish(balance(version));
  assert.equal(versionOf(await viewer.next()), 3);
});

Deno.test("FEED-3: balances published in one turn of the event loop notify a waiting viewer once", async () => {
  using feed = closing(new LiveFeed());
  const viewer = feed.value.subscribe(ACME)!;
  const next = viewer.next();
  for (const version of [1, 2, 3]) feed.value.publish(balance(version));
  assert.equal(versionOf(await next), 3);
});

Deno.test("a viewer gets balances of their own company only, published after they subscribed", async () => {
  using feed = closing(new LiveFeed());
  feed.value.publish(balance(1));
  const first = feed.value.subscribe(ACME)!;
  feed.value.publish(balance(2));
  const second = feed.value.subscribe(ACME)!;
  const next = second.next();
  feed.value.publish(balance(9, BRAVO));
  feed.value.publish(balance(3));
  assert.equal(versionOf(await next), 3);
  assert.equal(versionOf(await first.next()), 3);
});

Deno.test("a company is watched while it has a viewer", () => {
  using feed = closing(new LiveFeed());
  assert.equal(feed.value.isWatched(ACME), false);
  const viewer = feed.value.subscribe(ACME)!;
  assert.deepEqual([feed.value.isWatched(ACME), feed.value.isWatched(BRAVO)], [true, false]);
  viewer[Symbol.dispose]();
  assert.equal(feed.value.isWatched(ACME), false);
});

Deno.test("FEED-4: viewers are bounded per company and in total, and a closed subscription frees its place", () => {
  using feed = closing(new LiveFeed({ viewers_per_company_max: 2, viewers_max: 3 }));
  const first = feed.value.subscribe(ACME)!;
  assert.ok(feed.value.subscribe(ACME));
  assert.equal(feed.value.subscribe(ACME), undefined);
  assert.ok(feed.value.subscribe(BRAVO));
  assert.equal(feed.value.subscribe(BRAVO), undefined);
  first[Symbol.dispose]();
  first[Symbol.dispose]();
  assert.equal(feed.value.viewers, 2);
  assert.ok(feed.value.subscribe(BRAVO));
});

Deno.test("FEED-5: a waiting viewer gets closed when the subscription or the feed ends", async () => {
  using feed = closing(new LiveFeed());
  const left = feed.value.subscribe(ACME)!;
  const waiting = left.next();
  left[Symbol.dispose]();
  assert.equal(await waiting, "closed");
  assert.equal(await left.next(), "closed");

  const stays = feed.value.subscribe(ACME)!.next();
  feed.value.close();
  assert.equal(await stays, "closed");
  assert.equal(feed.value.subscribe(ACME), undefined);
  assert.equal(feed.value.viewers, 0);
});

Deno.test("a viewer gets a heartbeat while waiting, and the balance after it", async () => {
  using feed = closing(new LiveFeed({ heartbeat_ms: 1 }));
  const viewer = feed.value.subscribe(ACME)!;
  assert.equal(await viewer.next(), "heartbeat");
  feed.value.publish(balance(1));
  assert.equal(versionOf(await viewer.next()), 1);
});

/** Closes the feed at the end of a test: a leaked timer fails it. */
function closing(value: LiveFeed): { readonly value: LiveFeed } & Disposable {
  return { value, [Symbol.dispose]: () => value.close() };
}

Deno.test("FEED-6: each viewer of a company gets an alert once, also one that waits for no balance", async () => {
  using feed = closing(new LiveFeed());
  const [first, second] = [feed.value.subscribe(ACME)!, feed.value.subscribe(ACME)!];
  feed.value.subscribe(BRAVO);
  assert.deepEqual(feed.value.watchedCompanies(), [ACME, BRAVO]);
  const waiting = first.next();
  feed.value.publishAlert(ACME, alert("a"));
  feed.value.publishAlert(BRAVO, alert("b"));
  feed.value.publishAlert(ACME, alert("a"));
  assert.equal(versionOf(await waiting), "a");
  feed.value.publishAlert(ACME, alert("c"));
  feed.value.publish(balance(1));
  assert.deepEqual([await first.next(), await first.next()].map(versionOf), ["c", 1]);
  assert.deepEqual([await second.next(), await second.next(), await second.next()].map(versionOf), [
    "a",
    "c",
    1,
  ]);
});

Deno.test("FEED-6: of the alerts that wait for a slow viewer, the newest are kept", async () => {
  using feed = closing(new LiveFeed());
  const viewer = feed.value.subscribe(ACME)!;
  for (let i = 0; i < 25; i++) feed.value.publishAlert(ACME, alert(`alert ${i}`));
  assert.equal(versionOf(await viewer.next()), "alert 5");
});
