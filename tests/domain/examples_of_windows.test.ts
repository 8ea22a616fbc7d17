/** The worked examples of `src/domain/README.md` of days, windows and facts, by their numbers. */

import assert from "node:assert/strict";
import { Calendar } from "../../src/domain/calendar.ts";
import type { LocalDate } from "../../src/domain/types.ts";
import { newLedgerEntries, refusalOf, TestCompany } from "../support/company.ts";
import { utc } from "../support/calendars.ts";
import { VANCOUVER_CHANGES_CLOCKS, VANCOUVER_STAYS } from "../support/zone_data.ts";
import { ANA, BETO, CARLA, PHONE_NUMBER_ID, wroteEvent } from "../support/fixtures.ts";
import type { Change } from "../support/payloads.ts";
import {
  businessNumber,
  customerCalled,
  customerWrote,
  onStandby,
  statusesOf,
  webhookOf,
} from "../support/payloads.ts";
import { readWebhook } from "../../src/whatsapp/webhook.ts";

Deno.test("E1: days of unusual length", () => {
  const table = [
    ["America/Sao_Paulo", "2026-11-23", "2026-11-23T03:00:00Z", "2026-11-24T03:00:00Z", 24],
    ["Asia/Kathmandu", "2026-11-23", "2026-11-22T18:15:00Z", "2026-11-23T18:15:00Z", 24],
    ["Europe/Berlin", "2026-03-29", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z", 23],
    ["Europe/Berlin", "2026-10-25", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z", 25],
    ["America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00Z", "2018-11-05T02:00:00Z", 23],
    ["Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00Z", "2011-12-30T10:00:00Z", 0],
  ] as const;
  for (const [time_zone, date, begins, ends, hours] of table) {
    const calendar = new Calendar([{ time_zone, effective_from: "0001-01-01" as LocalDate }]);
    assert.deepEqual(shownDay(calendar, date), [begins, ends, hours], `${time_zone} ${date}`);
  }
});

Deno.test("E2: a company that moves", () => {
  for (
    const [time_zone, ends, hours] of [
      ["America/Los_Angeles", "2026-12-02T08:00:00Z", 29],
      ["Europe/Berlin", "2026-12-01T23:00:00Z", 20],
    ] as const
  ) {
    const moved = new Calendar([
      { time_zone: "America/Sao_Paulo", effective_from: "0001-01-01" as LocalDate },
      { time_zone, effective_from: "2026-12-01" as LocalDate },
    ]);
    assert.equal(shownDay(moved, "2026-11-30")[1], "2026-12-01T03:00:00Z");
    assert.deepEqual(shownDay(moved, "2026-12-01"), ["2026-12-01T03:00:00Z", ends, hours]);
  }
});

Deno.test("E25: an update of the zone data moves no date that has begun", () => {
  const company = new TestCompany({
    at: "2026-11-29 20:00",
    time_zone: "America/Vancouver",
    zone_data: VANCOUVER_CHANGES_CLOCKS,
  });
  const write = (at: string) => {
    company.advanceToMs(utc(at));
    company.record(wroteEvent(ANA, utc(at), `wamid.${at}`));
  };
  write("2026-11-30T07:30:00Z");
  company.advanceToMs(utc("2026-11-30T12:00:00Z"));
  company.restart(VANCOUVER_STAYS);
  write("2026-11-30T16:00:00Z");
  assert.deepEqual([company.creditsOn("2026-11-29"), company.creditsOn("2026-11-30")], [1, 1]);
  const days = ["2026-11-29", "2026-11-30", "2026-12-01"].map((date) =>
    shownDay(company.state.calendar, date)
  );
  assert.deepEqual(days, [
    ["2026-11-29T08:00:00Z", "2026-11-30T08:00:00Z", 24],
    ["2026-11-30T08:00:00Z", "2026-12-01T08:00:00Z", 24],
    ["2026-12-01T08:00:00Z", "2026-12-02T07:00:00Z", 23],
  ]);
});

Deno.test("E29: a message dated after the current day keeps its date, although other zone data close the days", () => {
  const company = new TestCompany({
    at: "2026-11-29 20:00",
    time_zone: "America/Vancouver",
    zone_data: VANCOUVER_CHANGES_CLOCKS,
  });
  company.is_time_certain = false;
  company.record(wroteEvent(ANA, utc("2026-12-01T07:30:00Z"), "wamid.ana"));
  assert.equal(company.state.today, "2026-11-29");
  company.restart(VANCOUVER_STAYS);
  company.is_time_certain = true;
  company.advanceToMs(utc("2026-12-01T12:00:00Z"));
  assert.deepEqual([company.creditsOn("2026-11-30"), company.creditsOn("2026-12-01")], [1, 0]);
  const ends = ["2026-11-29", "2026-11-30", "2026-12-01"].map((date) =>
    shownDay(company.state.calendar, date)[1]
  );
  assert.deepEqual(ends, ["2026-11-30T08:00:00Z", "2026-12-01T08:00:00Z", "2026-12-02T07:00:00Z"]);
});

Deno.test("E3: a window that opens at 23:50 lasts ten minutes", () => {
  const company = november23();
  company.wrote(ANA, "2026-11-23 23:50");
  assert.equal(company.contact(ANA).windows[0]?.closes_at_ms, company.ms("2026-11-24 00:00"));
  company.advanceTo("2026-11-23 23:59");
  assert.equal(company.send("free_form", ANA, "one").type, "send_allowed");
  company.advanceTo("2026-11-24 00:00");
  assert.equal(refusalOf(company.send("free_form", ANA, "two")).code, "window_closed");
  company.wrote(ANA, "2026-11-24 00:05");
  assert.deepEqual([company.creditsOn("2026-11-23"), company.creditsOn("2026-11-24")], [1, 1]);
});

Deno.test("E4: one contact, one date", () => {
  const table = [
    [["10:00", "10:20"], [], "charge", ["inbound 10:00"], 1],
    [[], ["10:00", "10:20"], "charge", ["outbound 10:00"], 1],
    [["10:05"], ["10:00"], "charge", ["outbound 10:00"], 1],
    [["10:00"], ["10:00"], "charge", ["outbound 10:00"], 1],
    [["10:00"], ["10:05"], "charge", ["inbound 10:00", "outbound 10:05"], 2],
    [["10:00"], ["10:05"], "free", ["inbound 10:00"], 1],
    [["10:05"], ["10:00"], "free", ["outbound 10:00"], 1],
  ] as const;
  for (const [wrote, templates, policy, opened, charged] of table) {
    const company = new TestCompany({ at: "2026-11-23 09:00", policy });
    for (const time of wrote) company.wrote(ANA, `2026-11-23 ${time}`);
    for (const time of templates) company.template(ANA, `2026-11-23 ${time}`);
    assert.deepEqual(openedWindows(company), opened);
    assert.equal(company.creditsOn("2026-11-23"), charged);
  }
});

Deno.test("E5: what the statuses of one message prove, in any order", () => {
  const table = [
    [["sent 10:00", "delivered 10:01", "read 10:09"], true, false, ["outbound 10:00"]],
    [["delivered 10:01"], true, false, ["outbound 10:01"]],
    [["sent 10:00", "failed 10:01"], true, false, []],
    [["sent 10:00", "failed 10:01", "delivered 10:02"], true, false, ["outbound 10:00"]],
    [["failed 10:01"], true, false, []],
    [["sent 10:00", "delivered 10:01"], false, false, []],
    [["sent 10:00", "delivered 10:01"], false, true, ["outbound 09:59"]],
  ] as const;
  for (const [statuses, template, recorded, opened] of table) {
    for (const order of [statuses, statuses.toReversed()]) {
      const company = november23();
      for (const text of order) {
        const [status, time] = text.split(" ") as ["sent" | "delivered" | "read" | "failed", string];
        company.status(status, "wamid.1", `2026-11-23 ${time}`, { template });
      }
      if (recorded) company.send("template", ANA, "wamid.1", { at: "2026-11-23 09:59" });
      assert.deepEqual(openedWindows(company), opened, order.join(", "));
    }
  }
});

Deno.test("E36: what the statuses of one message to an older contact prove, in any order", () => {
  const table: [statuses: string[], opened: string[]][] = [
    [["read 10:05 marketing"], []],
    [["read 10:05 business_initiated"], []],
    [["sent 10:00", "read 10:05 marketing"], ["outbound 10:00"]],
    [["sent 10:00", "read 10:05 business_initiated"], ["outbound 10:00"]],
    [["delivered 10:01", "read 10:05 business_initiated"], ["outbound 10:01"]],
    [["sent 10:00", "delivered 10:01", "read 10:05"], []],
  ];
  for (const [statuses, opened] of table) {
    for (const order of [statuses, statuses.toReversed()]) {
      const company = november23();
      company.wrote(ANA, "2026-11-22 10:00");
      company.store.facts_retained_from_ms = company.now_ms + 1;
      company.restart();
      for (const text of order) {
        const [status, time, named] = text.split(" ") as ["sent" | "delivered" | "read", string, string?];
        const category = named === "marketing" ? named : undefined;
        const template = named !== undefined;
        company.status(status, "wamid.1", `2026-11-23 ${time}`, { template, category });
      }
      assert.deepEqual(openedWindows(company), opened, order.join(", "));
    }
  }
});

Deno.test("E26: a recorded template whose failure is reported, in any order", () => {
  type Step = (company: TestCompany) => void;
  const report: Step = (company) => void company.sendFailed("send-1", { at: "2026-11-23 10:01" });
  const statusOf = (status: "sent" | "delivered", id: string, callback?: string): Step => (company) =>
    company.status(status, id, "2026-11-23 10:01", { template: false, callback });
  const table: readonly (readonly [recorded: string, beside: readonly Step[], opened: readonly string[]])[] =
    [
      ["send-1", [], []],
      ["send-1", [report], []],
      ["send-1", [statusOf("sent", "send-1")], []],
      ["send-1", [statusOf("delivered", "send-1")], ["outbound 10:00"]],
      ["send-1", [statusOf("delivered", "wamid.1", "send-1")], ["outbound 10:00"]],
      ["send-1", [(c) => void c.send("template", ANA, "send-2", { at: "2026-11-23 10:05" })], [
        "outbound 10:05",
      ]],
      ["send-1", [(c) => c.wrote(ANA, "2026-11-23 10:05")], ["inbound 10:05"]],
    ];
  for (const [recorded, beside, opened] of table) {
    for (const order of [[report, ...beside], [...beside, report]]) {
      const company = november23();
      company.advanceTo("2026-11-23 10:06");
      company.send("template", ANA, recorded, { at: "2026-11-23 10:00" });
      for (const step of order) step(company);
      assert.deepEqual(openedWindows(company), opened);
      assert.equal(company.creditsOn("2026-11-23"), opened.length);
    }
  }
});

Deno.test("E6: the template is known late to have come first", () => {
  const company = november23();
  const posted = newLedgerEntries(company);
  company.advanceTo("2026-11-23 10:06");
  company.wrote(ANA, "2026-11-23 10:05");
  assert.deepEqual(posted(), ["consumption -1"]);
  company.status("sent", "wamid.1", "2026-11-23 10:00");
  assert.deepEqual(posted(), ["reversal +1", "consumption -1"]);
  company.wrote(ANA, "2026-11-23 10:05");
  assert.deepEqual(posted(), []);
  company.status("failed", "wamid.1", "2026-11-23 10:08");
  assert.deepEqual(posted(), ["reversal +1", "consumption -1"]);
  assert.deepEqual(openedWindows(company), ["inbound 10:05"]);
});

Deno.test("E7: a template moves to its own date", () => {
  const company = november23();
  const posted = newLedgerEntries(company);
  company.status("delivered", "wamid.1", "2026-11-24 00:01");
  assert.deepEqual([company.creditsOn("2026-11-23"), company.creditsOn("2026-11-24")], [0, 1]);
  assert.deepEqual(posted(), ["consumption -1"]);
  company.status("sent", "wamid.1", "2026-11-23 23:59");
  assert.deepEqual([company.creditsOn("2026-11-23"), company.creditsOn("2026-11-24")], [1, 0]);
  assert.deepEqual(posted(), ["consumption -1 late", "reversal +1"]);
});

Deno.test("E18: the reasons for quarantine", () => {
  const reason = (at: string | number) => {
    const company = november23();
    const at_ms = typeof at === "string" ? company.ms(at) : at;
    const events = [wroteEvent(ANA, at_ms, "wamid.1")];
    company.execute({ type: "record", events, received_at_ms: company.now_ms });
    return [company.store.quarantineReasons()[0], company.balance().consumed];
  };
  assert.deepEqual(reason("2026-11-15 08:59"), ["too_old", 0]);
  assert.deepEqual(reason("2026-11-15 09:00"), [undefined, 1]);
  assert.deepEqual(reason("2026-11-23 09:05"), [undefined, 1]);
  assert.deepEqual(reason("2026-11-23 09:06"), ["in_the_future", 0]);
  assert.deepEqual(reason(NaN), ["timestamp_unparseable", 0]);

  const company = november23();
  const { now_ms } = company;
  const nobody = { phone: undefined, bsuid: undefined };
  company.record({
    type: "wrote",
    contact: nobody,
    at_ms: now_ms,
    message_id: "1",
    phone_number_id: PHONE_NUMBER_ID,
  });
  company.wrote(`${ANA} BR.1001`, "2026-11-23 09:00");
  company.wrote(`${BETO} BR.1001`, "2026-11-23 09:00");
  assert.deepEqual(company.store.quarantineReasons(), ["unreadable", "identity_conflict"]);
  assert.equal(company.balance().consumed, 2);
  company.advanceTo("2026-12-09 00:00");
  const event = wroteEvent(CARLA, now_ms, "2");
  const replayed = company.execute({ type: "replay", event, received_at_ms: now_ms });
  assert.deepEqual(replayed, { type: "replayed", quarantine_reason: "month_final" });

  const failing = november23();
  failing.template(ANA, "2026-11-23 09:00", "wamid.1");
  failing.advanceTo("2026-12-09 00:00");
  failing.status("failed", "wamid.1", "2026-12-09 00:00");
  assert.deepEqual(failing.store.quarantineReasons(), ["month_final"]);
  assert.equal(failing.month("2026-11").consumed, 1);
});

function november23(): TestCompany {
  return new TestCompany({ at: "2026-11-23 09:00" });
}

/** Ana's windows of the 23rd: `inbound 10:00`. */
function openedWindows(company: TestCompany): string[] {
  return company.contact(ANA).windows.map(({ direction, opened_at_ms }) => {
    const opened = Temporal.Instant.fromEpochMilliseconds(opened_at_ms).toZonedDateTimeISO(
      "America/Sao_Paulo",
    );
    return `${direction} ${opened.toPlainTime().toString({ smallestUnit: "minute" })}`;
  });
}

function shownDay(calendar: Calendar, date: string): [string, string, number] {
  const { start_ms, end_ms } = calendar.day(date as LocalDate);
  const instant = (at_ms: number) => Temporal.Instant.fromEpochMilliseconds(at_ms).toString();
  return [instant(start_ms), instant(end_ms), (end_ms - start_ms) / 3_600_000];
}

Deno.test("E41: what moves the end of Meta's window", () => {
  const company = november23();
  const line = businessNumber(1);
  const at = (local: string) => company.ms(`2026-11-23 ${local}`) / 1000;
  const called = (id: string, local: string) =>
    customerCalled(line, { phone: CARLA }, { id, at_s: at(local) });
  const delivered = { id: "t", at_s: at("12:00"), status: "delivered", category: "utility" };
  const table: [reported: Change, ends: string, charged: number][] = [
    [called("wacid.1", "10:00"), "10:00", 0],
    [customerWrote(line, { phone: CARLA }, { id: "m", at_s: at("11:00") }), "11:00", 1],
    [statusesOf(line, { phone: CARLA }, delivered), "11:00", 1],
    [called("wacid.2", "13:00"), "13:00", 0],
  ];
  for (const [reported, ends, charged] of table) {
    const before = company.creditsOn("2026-11-23");
    for (const event of readWebhook(webhookOf(reported)).events) {
      assert.ok(event.type !== "unreadable");
      company.record(event);
    }
    const { meta_service_window_ends_at_ms: ends_at_ms } = company.contact(CARLA);
    assert.equal(ends_at_ms, company.ms(`2026-11-24 ${ends}`));
    assert.equal(company.creditsOn("2026-11-23") - before, charged);
  }
});

Deno.test("E23: Meta's shapes of 2026", () => {
  const company = november23();
  const line = businessNumber(1);
  const at_s = company.ms("2026-11-23 10:00") / 1000;
  const customerAt = (phone: string, type: string, content = {}): Change =>
    customerWrote(line, { phone }, {
      id: `${phone} ${type} ${JSON.stringify(content)}`,
      at_s,
      type,
      content,
    });
  const parent_bsuid = "BR.ENT.9";
  const text = customerWrote(line, { phone: ANA, parent_bsuid }, { id: "a", at_s });
  const permission = (response_source: string) => ({
    interactive: { type: "call_permission_reply", call_permission_reply: { response_source } },
  });
  const delivered = { id: "t", at_s: at_s + 60, status: "delivered", category: "group_utility" };
  const table: [reported: Change, charged: number][] = [
    [onStandby(text), 1],
    [text, 0],
    [customerWrote(line, { parent_bsuid }, { id: "b", at_s: at_s + 60 }), 0],
    [customerAt(BETO, "unsupported", { unsupported: { type: "poll_update" } }), 0],
    [customerAt(BETO, "unsupported", { unsupported: { type: "poll_creation" } }), 1],
    [customerCalled(line, { phone: CARLA }, { id: "wacid.1", at_s }), 0],
    [customerAt(CARLA, "interactive", permission("automatic")), 0],
    [customerAt(CARLA, "interactive", permission("user_action")), 1],
    [onStandby(statusesOf(line, { phone: BETO }, delivered)), 1],
  ];
  for (const [reported, charged] of table) {
    const before = company.creditsOn("2026-11-23");
    for (const event of readWebhook(webhookOf(reported)).events) {
      assert.ok(event.type !== "unreadable");
      company.record(event);
    }
    assert.equal(company.creditsOn("2026-11-23") - before, charged, JSON.stringify(reported));
  }
  const [unknown] = readWebhook(webhookOf({ ...text, field: "agents" })).events;
  assert.equal(unknown?.field, "agents");
  assert.equal(company.contact(CARLA).meta_service_window_ends_at_ms, company.ms("2026-11-24 10:00"));
});
