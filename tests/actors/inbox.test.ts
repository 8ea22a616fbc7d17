import assert from "node:assert/strict";
import { type ArrivedEvent, Inbox } from "../../actors/inbox.ts";
import type { Answer, ContactEvent } from "../../src/domain/company/command.ts";
import type { CompanyId } from "../../src/domain/types.ts";
import { MORNING_MS } from "../support/actors.ts";

const ACME = "acme" as CompanyId;
const UNREADABLE: ArrivedEvent = { type: "unreadable", phone_number_id: "1", reason: "message_id_missing" };

function wrote(phone_number_id: string): ContactEvent {
  const contact = { phone: "5511988887777", bsuid: undefined };
  return { type: "wrote", contact, at_ms: MORNING_MS, message_id: "wamid.1", phone_number_id };
}

/** An inbox whose number 1 is that of a company, and what reaches that company and the quarantine. */
function inboxWith(
  world: { add?: () => Promise<void>; execute?: () => Promise<Answer>; lookUp?: () => Promise<void> },
) {
  const asked: ContactEvent[][] = [];
  const kept: ArrivedEvent[] = [];
  const reported: unknown[] = [];
  const directory = {
    companyOf: (id: string) => id === "1" ? ACME : undefined,
    lookUp: world.lookUp ?? (() => Promise.resolve()),
  };
  const quarantine = {
    add: async (events: readonly { event: ArrivedEvent }[]) => {
      await world.add?.();
      kept.push(...events.map(({ event }) => event));
    },
  };
  const companies = {
    execute: (_: CompanyId, command: { type: string; events?: readonly ContactEvent[] }): Promise<Answer> => {
      asked.push([...command.events!]);
      return world.execute?.() ?? Promise.resolve({ type: "done" });
    },
  };
  const inbox = new Inbox(directory, quarantine, companies, (error) => reported.push(error));
  return { inbox, asked, kept, reported };
}

Deno.test("a delivery is durable when its company has recorded it, and what is nobody's was kept", async () => {
  const { inbox, asked, kept } = inboxWith({});
  assert.equal(await inbox.receive([wrote("1"), wrote("2"), UNREADABLE], MORNING_MS), "durable");
  assert.deepEqual(asked, [[wrote("1")]]);
  assert.deepEqual(kept, [wrote("2"), UNREADABLE]);
});

Deno.test("what could not be kept in quarantine is not acknowledged, and is told", async () => {
  const { inbox, reported } = inboxWith({ add: () => Promise.reject(new Error("no disk")) });
  for (const events of [[wrote("2")], [wrote("1"), wrote("2")], [UNREADABLE]]) {
    assert.equal((await inbox.receive(events, MORNING_MS) as { type: string }).type, "unavailable");
  }
  assert.equal(reported.length, 3);
});

Deno.test("while the owner of a number cannot be looked up, its event is not acknowledged", async () => {
  const { inbox, kept } = inboxWith({ lookUp: () => Promise.reject(new Error("no connection")) });
  assert.equal((await inbox.receive([wrote("2")], MORNING_MS) as { type: string }).type, "unavailable");
  assert.deepEqual(kept, []);
});

Deno.test("what one company could not record is not acknowledged, whatever became of the rest", async () => {
  const refused = { type: "unavailable", reason: "taken_over", retry_after_s: 1 } as const;
  const { inbox, kept } = inboxWith({ execute: () => Promise.resolve(refused) });
  assert.deepEqual(await inbox.receive([wrote("1")], MORNING_MS), refused);
  assert.deepEqual(await inbox.receive([wrote("1"), wrote("2")], MORNING_MS), refused);
  assert.deepEqual(kept, [wrote("2")]);
});
