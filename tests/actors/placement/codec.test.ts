import assert from "node:assert/strict";
import { serialize } from "node:v8";
import fc from "fast-check";
import {
  decodeAnswers,
  decodeCommands,
  encodeAnswers,
  encodeCommands,
} from "../../../actors/placement/codec.ts";
import { Calendar } from "../../../src/domain/calendar.ts";
import type { Answer, Command } from "../../../src/domain/company/command.ts";
import type { CompanyId, LocalDate } from "../../../src/domain/types.ts";
import { RUNTIME_ZONE_DATA } from "../../../src/domain/zone_data.ts";

/** Records as the service builds them: with the usual prototype. */
const record = <Fields extends object>(fields: { [Name in keyof Fields]: fc.Arbitrary<Fields[Name]> }) =>
  fc.record(fields, { noNullPrototype: true });
const text = fc.string({ unit: "binary", maxLength: 12 });
const whole = fc.maxSafeInteger();
const at_ms = fc.integer({ min: 0, max: 4e12 });
const date = fc.constantFrom("0001-01-01", "2026-11-30", "2027-02-28");
const micros = fc.oneof(fc.bigInt(), fc.constant(null));
/** A field that is undefined is not the same as one that is absent. */
const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined });
const attributes = maybe(fc.dictionary(text, text, { noNullPrototype: true }));
const contact = fc.oneof(
  record({ phone: maybe(text), bsuid: maybe(text) }),
  record({ phone: maybe(text), bsuid: text, parent_bsuid: text }),
);
const category = maybe(fc.constantFrom("marketing", "utility", "authentication"));
const message = { at_ms, message_id: text, phone_number_id: text };
const event = fc.oneof(
  record({ type: fc.constantFrom("wrote", "noted", "called"), contact, ...message }),
  record({
    type: fc.constant("status"),
    contact,
    ...message,
    status: fc.constantFrom("sent", "delivered", "read", "played", "failed"),
    template: fc.boolean(),
    category,
    callback_data: maybe(text),
  }),
  record({ type: fc.constant("number_changed"), from: contact, to: contact, ...message }),
);
const profile = record({
  name: text,
  locale: maybe(text),
  time_zone: text,
  phone_number_ids: maybe(fc.array(text)),
  phone_numbers_from_ms: maybe(at_ms),
  effective_from: maybe(date),
});
const condition = {
  precondition: maybe(record({ if_match: maybe(fc.oneof(fc.constant("*"), fc.array(text))) })),
};
const offer = record({
  package: fc.oneof(fc.constant(null), record({ credits: whole, price: fc.bigInt() })),
  excess_credit_price: micros,
  currency: text,
  starts_on: maybe(date),
  first_month: maybe(fc.constantFrom("full", "prorated")),
});
const by = { by: text };

/** Commands of every type: a new type does not compile without a line here. */
const COMMANDS: Readonly<Record<Command["type"], Readonly<Record<string, fc.Arbitrary<unknown>>>>> = {
  record: { events: fc.array(event), received_at_ms: at_ms },
  replay: { event, received_at_ms: at_ms },
  report_send: {
    send: record({
      message_id: text,
      to: contact,
      category,
      sent_at_ms: maybe(at_ms),
      attribution: attributes,
    }),
  },
  report_send_failure: {
    failure: record({ message_id: text, failed_at_ms: maybe(at_ms), error_code: maybe(text) }),
  },
  report_usage: {
    usages: fc.array(
      record({ id: text, feature: text, quantity: whole, occurred_at_ms: maybe(at_ms), attributes }),
    ),
  },
  configure: { profile, ...by, ...condition },
  validate_profile: { profile, ...condition },
  change_contract: { offer, ...by, ...condition },
  cancel_contract: { ...by, ...condition },
  withdraw_cancellation: { ...by, ...condition },
  set_rate: { feature: text, credits: whole, effective_from: maybe(date), ...by },
  set_number_account: {
    phone_number_id: text,
    account: record({ currency: maybe(text), recorded_at_ms: maybe(at_ms) }),
    ...by,
  },
  quote: { recipients: fc.array(contact), category },
  read_balance: {},
  read_company: {},
  read_contact: { contact },
  read_message_key: { message_id: text },
  erase_contact: { contact },
  find_message: { message_id: text, contact, callback_data: maybe(text) },
  close_due_days: {},
  reopen_days: by,
};

const balance = record({
  company: text,
  version: whole,
  as_of_ms: at_ms,
  granted: whole,
  excess_amount: fc.oneof(fc.constant(null), text),
  renews_on: fc.oneof(fc.constant(null), date),
});
const windowView = record({
  direction: fc.constant("inbound"),
  local_date: date,
  closes_at_ms: at_ms,
  credits: whole,
});
const contractVersion = record({
  version: whole,
  effective_from: date,
  terms: record({
    package: fc.oneof(fc.constant(null), record({ price: fc.bigInt() })),
    excess_credit_price: micros,
  }),
  withdraws: fc.array(whole),
});
const settingsVersion = record({
  version: whole,
  effective_from: date,
  time_zone: text,
  recorded_at_ms: at_ms,
});
const changesOf = (version: fc.Arbitrary<unknown>) =>
  record({ applied: fc.array(version), scheduled: fc.array(version), withdrawn: fc.array(version) });
const calendar = record({
  zones: fc.constantFrom(["America/Sao_Paulo"], ["Europe/Berlin", "Asia/Kathmandu"], ["-07:00"]),
  ends_ms: fc.constantFrom([], [1_796_000_400_000, 1_796_086_800_000]),
}).map(({ zones, ends_ms }) =>
  new Calendar(
    zones.map((time_zone, n) => ({ time_zone, effective_from: `2026-0${n + 1}-01` as LocalDate })),
    {
      fixed: { last: "2026-11-30" as LocalDate, ends_ms },
    },
  )
);
const credits = { credits: whole, balance };

/** Answers of every type: a new type does not compile without a line here. */
const ANSWERS: Readonly<Record<Answer["type"], Readonly<Record<string, fc.Arbitrary<unknown>>>>> = {
  done: {},
  replayed: { quarantine_reason: fc.constantFrom(null, "too_old") },
  send_allowed: { window: maybe(windowView), ...credits },
  send_failure_recorded: { outcome: fc.constantFrom("failed", "delivered"), ...credits },
  usage_counted: { accepted: whole, duplicates: whole, ...credits },
  erased: {
    people: whole,
    reason: fc.constantFrom(null, "contact_unknown"),
    names: whole,
    keys: fc.array(text),
  },
  balance: { balance },
  reopened: { closed_through: date, closed_before: date },
  not_reopened: {},
  company: {
    view: record({
      name: text,
      country: maybe(text),
      phone_number_ids: fc.array(text),
      settings: settingsVersion,
      scheduled: maybe(settingsVersion),
      calendar,
      contract: fc.array(contractVersion),
      own_rates: fc.array(
        record({ company: fc.constantFrom(null, "acme"), from_ms: fc.constantFrom(null, 5) }),
      ),
    }),
    settings_changes: changesOf(settingsVersion),
    contract_changes: changesOf(contractVersion),
  },
  contact: {
    view: record({
      contact: maybe(text),
      free_form_allowed: fc.boolean(),
      windows: fc.array(windowView),
      meta_service_window_ends_at_ms: maybe(at_ms),
    }),
  },
  number_account: { account: record({ version: whole, recorded_at_ms: at_ms, recorded_by: text }) },
  message_key: { key: text },
  message_found: { known: fc.boolean() },
  quote: { recipients: whole, windows: whole, excess: whole, excess_credit_price: micros },
  refused: { code: fc.constant("window_closed"), detail: text, path: fc.array(text) },
  company_not_found: {},
  unavailable: { reason: fc.constant("owner_unreachable"), retry_after_s: whole },
};

/** Builds an arbitrary of every type of a table. */
function anyOf<Value>(table: Readonly<Record<string, Readonly<Record<string, fc.Arbitrary<unknown>>>>>) {
  const types = Object.entries(table).map(([type, fields]) => record({ type: fc.constant(type), ...fields }));
  return fc.oneof(...types) as fc.Arbitrary<Value>;
}

Deno.test("a command of any type is the same after it was sent, undefined fields included", () => {
  const routed = record({ company: text, command: anyOf<Command>(COMMANDS), after_read: fc.boolean() });
  fc.assert(
    fc.property(fc.array(routed, { maxLength: 8 }), (commands) => {
      const sent = commands.map(({ company, ...more }) => ({ company: company as CompanyId, ...more }));
      assert.deepStrictEqual(decodeCommands(encodeCommands(sent)), sent);
    }),
    { numRuns: 300 },
  );
});

Deno.test("an answer of any type is the same after it was sent, and its calendar computes the same days", () => {
  fc.assert(
    fc.property(fc.array(anyOf<Answer>(ANSWERS), { maxLength: 8 }), (answers) => {
      const sent = answers.map((answer, number) => [number, answer] as const);
      const received = decodeAnswers(encodeAnswers(sent), RUNTIME_ZONE_DATA);
      assert.deepStrictEqual(received, sent);
      for (const [number, answer] of received) {
        if (answer.type !== "company") continue;
        const expected = (answers[number] as typeof answer).view.calendar;
        for (const at of [1_796_000_399_999, 1_796_000_400_000, 1_780_000_000_000]) {
          assert.deepStrictEqual(answer.view.calendar.dayOf(at), expected.dayOf(at));
        }
      }
    }),
    { numRuns: 300 },
  );
});

Deno.test("a message is read wherever it lies in a buffer, and bytes that are no message are rejected", () => {
  const routed = {
    company: "acme" as CompanyId,
    command: { type: "read_balance" } as const,
    after_read: false,
  };
  const message = encodeCommands([routed]);
  const buffer = new Uint8Array(message.length + 7).fill(9);
  buffer.set(message, 5);
  assert.deepStrictEqual(decodeCommands(buffer.subarray(5, 5 + message.length)), [routed]);
  assert.throws(() => decodeCommands(new Uint8Array([1, 2, 3])));
  for (let length = 0; length < message.length; length++) {
    assert.throws(() => decodeCommands(message.subarray(0, length)));
  }
});

Deno.test("a message with anything but commands or answers is rejected", () => {
  const command = { type: "read_balance" };
  const broken = [null, 5, {}, [null], [5], [{}], [{ command }], [{ company: "acme" }], new Array(3)];
  const uncounted = { company: "acme", command: { type: "record" }, after_read: false };
  for (const value of [...broken, [uncounted]]) {
    assert.throws(() => decodeCommands(serialize(value)), JSON.stringify(value));
    assert.throws(() => decodeAnswers(serialize(value), RUNTIME_ZONE_DATA), JSON.stringify(value));
  }
  assert.throws(() => decodeAnswers(serialize([[0, {}]]), RUNTIME_ZONE_DATA));
});
