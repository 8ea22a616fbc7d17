import assert from "node:assert/strict";
import { EventRouter } from "../../actors/event_router.ts";
import type { ArrivedEvent } from "../../actors/event_router.ts";
import { Inbox } from "../../actors/inbox.ts";
import type { Answer, ContactEvent } from "../../src/domain/company/command.ts";
import type { CompanyId } from "../../src/domain/types.ts";
import { MORNING_MS } from "../support/actors.ts";
import { statusEvent } from "../support/fixtures.ts";

const ACME = "acme" as CompanyId;
const CLAIM = {
  phone_number_id: "1",
  claim: 1,
  company: ACME,
  owned_from_ms: undefined,
  claimed_at_ms: MORNING_MS,
  released_at_ms: undefined,
};
const UNREADABLE: ArrivedEvent = { type: "unreadable", phone_number_id: "1", reason: "message_id_missing" };

function wrote(phone_number_id: string): ContactEvent {
  const contact = { phone: "5511988887777", bsuid: undefined };
  return { type: "wrote", contact, at_ms: MORNING_MS, message_id: "wamid.1", phone_number_id };
}

/** Returns an inbox whose number 1 belongs to ACME, with the events that reach the company and the quarantine. */
function inboxWith(
  overrides: { add?: () => Promise<void>; execute?: () => Promise<Answer>; lookUp?: () => Promise<void> },
) {
  const recorded: ContactEvent[][] = [];
  const quarantined: ArrivedEvent[] = [];
  const reported: unknown[] = [];
  const directory = {
    soleOwnerOf: (id: string) => id === "1" ? ACME : undefined,
    claimsOf: (id: string) => id === "1" ? [CLAIM] : [],
    lookUp: overrides.lookUp ?? (() => Promise.resolve()),
  };
  const quarantine = {
    add: async (events: readonly { event: ArrivedEvent }[]) => {
      await overrides.add?.();
      quarantined.push(...events.map(({ event }) => event));
    },
  };
  const companies = {
    execute: (_: CompanyId, command: { type: string; events?: readonly ContactEvent[] }): Promise<Answer> => {
      recorded.push([...command.events!]);
      return overrides.execute?.() ?? Promise.resolve({ type: "done" });
    },
  };
  const inbox = new Inbox(
    directory,
    quarantine,
    companies,
    new EventRouter(companies),
    (error) => reported.push(error),
  );
  return { inbox, recorded, quarantined, reported };
}

Deno.test("a delivery is durable once its company recorded it and events of no company are in quarantine", async () => {
  const { inbox, recorded, quarantined } = inboxWith({});
  assert.equal(await inbox.receive([wrote("1"), wrote("2"), UNREADABLE], MORNING_MS), "durable");
  assert.deepEqual(recorded, [[wrote("1")]]);
  assert.deepEqual(quarantined, [wrote("2"), UNREADABLE]);
});

Deno.test("a delivery whose quarantine write fails is unavailable, and the error is reported", async () => {
  const { inbox, reported } = inboxWith({ add: () => Promise.reject(new Error("no disk")) });
  for (const events of [[wrote("2")], [wrote("1"), wrote("2")], [UNREADABLE]]) {
    assert.equal((await inbox.receive(events, MORNING_MS) as { type: string }).type, "unavailable");
  }
  assert.equal(reported.length, 3);
});

Deno.test("a delivery is unavailable while the company of its number cannot be looked up", async () => {
  const { inbox, quarantined } = inboxWith({ lookUp: () => Promise.reject(new Error("no connection")) });
  assert.equal((await inbox.receive([wrote("2")], MORNING_MS) as { type: string }).type, "unavailable");
  assert.deepEqual(quarantined, []);
});

Deno.test("a delivery is unavailable when one company cannot record it, although other events are durable", async () => {
  const refused = { type: "unavailable", reason: "taken_over", retry_after_s: 1 } as const;
  const { inbox, quarantined } = inboxWith({ execute: () => Promise.resolve(refused) });
  assert.deepEqual(await inbox.receive([wrote("1")], MORNING_MS), refused);
  assert.deepEqual(await inbox.receive([wrote("1"), wrote("2")], MORNING_MS), refused);
  assert.deepEqual(quarantined, [wrote("2")]);
});

Deno.test("a delivery of a number with one owner is one command, and reads nothing else", async () => {
  const commands: string[] = [];
  const directory = {
    soleOwnerOf: () => ACME,
    claimsOf: () => assert.fail("the claims were read"),
    lookUp: () => assert.fail("the number was looked up"),
  };
  const quarantine = { add: () => assert.fail("an event was quarantined") };
  const companies = {
    execute: (company: CompanyId, { type }: { type: string }): Promise<Answer> => {
      commands.push(`${company} ${type}`);
      return Promise.resolve({ type: "done" });
    },
  };
  const inbox = new Inbox(directory, quarantine, companies, new EventRouter(companies), () => {});
  const status = statusEvent("delivered", "wamid.2", MORNING_MS);
  assert.equal(await inbox.receive([{ ...status, phone_number_id: "1" }, wrote("1")], MORNING_MS), "durable");
  assert.deepEqual(commands, ["acme record"]);
});
