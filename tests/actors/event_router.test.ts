import assert from "node:assert/strict";
import { type ArrivedEvent, EventRouter } from "../../actors/event_router.ts";
import type { Answer, Command } from "../../src/domain/company/command.ts";
import type { PhoneClaim } from "../../src/domain/phone_claims.ts";
import type { CompanyId } from "../../src/domain/types.ts";
import { MORNING_MS } from "../support/actors.ts";
import { ANA, PHONE_NUMBER_ID, statusEvent, wroteEvent } from "../support/fixtures.ts";

const [ACME, BETA, GAMMA] = ["acme", "beta", "gamma"] as CompanyId[] as [CompanyId, CompanyId, CompanyId];
const HOUR_MS = 3_600_000;

/** Acme owned the number until 09:00, Beta since 11:00. */
const MOVED = claimsOf([ACME, undefined, 0], [BETA, 2, undefined]);

/** Builds claims from companies and hours after 09:00. */
function claimsOf(...spans: readonly [CompanyId, number | undefined, number | undefined][]): PhoneClaim[] {
  const ms = (hours: number | undefined) => hours === undefined ? undefined : MORNING_MS + hours * HOUR_MS;
  return spans.map(([company, from, until], index) => ({
    phone_number_id: PHONE_NUMBER_ID,
    claim: index + 1,
    company,
    owned_from_ms: ms(from),
    claimed_at_ms: MORNING_MS,
    released_at_ms: ms(until),
  }));
}

/** Returns a router to companies that know some messages, and the companies it asks. */
function routerTo(known: Readonly<Record<string, readonly string[]>>, answers: Record<string, Answer> = {}) {
  const asked: string[] = [];
  const router = new EventRouter({
    execute: (company: CompanyId, command: Command): Promise<Answer> => {
      if (command.type !== "find_message") throw new Error(`unexpected ${command.type}`);
      asked.push(`${company} ${command.message_id} ${command.contact.phone} ${command.callback_data}`);
      const answer = answers[company] ??
        { type: "message_found", known: known[company]?.includes(command.message_id) ?? false };
      return Promise.resolve(answer);
    },
  });
  const companiesOf = (claims: readonly PhoneClaim[], ...events: ArrivedEvent[]) =>
    router.route(events, () => claims, MORNING_MS + 5 * HOUR_MS, (companies) => Promise.resolve(companies));
  return { companiesOf, asked };
}

function delivered(id: string, hours: number, callback?: string): ArrivedEvent {
  return statusEvent("delivered", id, MORNING_MS + hours * HOUR_MS, { callback });
}

function wrote(hours: number): ArrivedEvent {
  return wroteEvent(ANA, MORNING_MS + hours * HOUR_MS, `wamid.${hours}`);
}

Deno.test("a message belongs to the owner at its own time, and to nobody between two owners", async () => {
  const { companiesOf, asked } = routerTo({});
  const owners = await companiesOf(MOVED, wrote(-1), wrote(0), wrote(1), wrote(2), wrote(3));
  assert.deepEqual(owners, [ACME, undefined, undefined, BETA, BETA]);
  assert.deepEqual(asked, []);
});

Deno.test("a status belongs to the owner that knows its message, at any time of its own", async () => {
  const { companiesOf, asked } = routerTo({ acme: ["w1"], beta: ["w2"] });
  assert.deepEqual(await companiesOf(MOVED, delivered("w1", 3, "run-7")), [ACME]);
  assert.deepEqual(asked, [`beta w1 ${ANA} run-7`, `acme w1 ${ANA} run-7`]);
  assert.deepEqual(await companiesOf(MOVED, delivered("w1", 1)), [ACME]);
  assert.deepEqual(await companiesOf(MOVED, delivered("w2", -1)), [BETA]);
});

Deno.test("a status of an unknown message belongs to the owner at its own time", async () => {
  const { companiesOf } = routerTo({});
  const owners = await companiesOf(MOVED, delivered("w1", -1), delivered("w2", 1), delivered("w3", 3));
  assert.deepEqual(owners, [ACME, undefined, BETA]);
});

Deno.test("the statuses of one unknown message stay together, with the owner at the earliest", async () => {
  const { companiesOf } = routerTo({});
  assert.deepEqual(await companiesOf(MOVED, delivered("w1", 3), delivered("w1", -1)), [ACME, ACME]);
  assert.deepEqual(await companiesOf(MOVED, delivered("w1", 3), delivered("w1", 1)), [BETA, undefined]);
});

Deno.test("the messages of one webhook are asked for one at a time, so that they fit into any mailbox", async () => {
  let [asking, asking_most] = [0, 0];
  const router = new EventRouter({
    execute: async (): Promise<Answer> => {
      asking_most = Math.max(asking_most, ++asking);
      await Promise.resolve();
      asking--;
      return { type: "message_found", known: false };
    },
  });
  const events = ["a", "b", "c"].map((id) => delivered(id, 3));
  await router.route(events, () => MOVED, MORNING_MS, (companies) => Promise.resolve(companies));
  assert.equal(asking_most, 1);
});

Deno.test("no company is asked about a number that has had one owner for 30 days", async () => {
  const { companiesOf, asked } = routerTo({});
  const long_ago = claimsOf([ACME, undefined, -24 * 30], [BETA, -24 * 30, undefined]);
  assert.deepEqual(await companiesOf(long_ago, delivered("w1", 0), wrote(0)), [BETA, BETA]);
  assert.deepEqual(asked, []);
});

Deno.test("a company whose creation failed knows no message, and one that cannot answer makes all wait", async () => {
  const half_made = routerTo({}, { acme: { type: "company_not_found" } });
  assert.deepEqual(await half_made.companiesOf(MOVED, delivered("w1", 3)), [BETA]);
  const busy = { type: "unavailable", reason: "overloaded", retry_after_s: 1 } as const;
  assert.deepEqual(await routerTo({}, { acme: busy }).companiesOf(MOVED, delivered("w1", 3), wrote(3)), busy);
});

Deno.test("an event without a readable time, or without a number, belongs to the owner at its arrival or to nobody", async () => {
  const claims = claimsOf([ACME, undefined, 0], [GAMMA, 0, undefined]);
  const unreadable = { type: "unreadable", reason: "message_id_missing" } as const;
  const events = [
    { ...unreadable, phone_number_id: PHONE_NUMBER_ID },
    { ...unreadable, phone_number_id: undefined },
    wroteEvent(ANA, NaN, "wamid.1"),
  ];
  assert.deepEqual(await routerTo({}).companiesOf(claims, ...events), [GAMMA, undefined, GAMMA]);
});
