/** The worked examples of `src/domain/README.md`, by their numbers. */

import assert from "node:assert/strict";
import { Calendar } from "../../src/domain/calendar.ts";
import { commitmentEndsOn, packagePriceOf, scheduledAfter, termsOn } from "../../src/domain/contract.ts";
import { showMoney } from "../../src/domain/money.ts";
import type { LocalDate, Month } from "../../src/domain/names.ts";

import { ANA, BETO, CARLA, NUMBER, wroteEvent } from "../support/plain.ts";
import { refusal, TestCompany } from "../support/company.ts";
import { assertSound } from "../support/soundness.ts";

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

Deno.test("E3: a window that opens at 23:50 lasts ten minutes", () => {
  const company = november23();
  company.wrote(ANA, "2026-11-23 23:50");
  assert.equal(company.contact(ANA).windows[0]?.closes_at_ms, company.ms("2026-11-24 00:00"));
  company.advanceTo("2026-11-23 23:59");
  assert.equal(company.send("free_form", ANA, "one").type, "send_allowed");
  company.advanceTo("2026-11-24 00:00");
  assert.equal(refusal(company.send("free_form", ANA, "two")).code, "window_closed");
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

Deno.test("E6: the template is known late to have come first", () => {
  const company = november23();
  const posted = posts(company);
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
  const posted = posts(company);
  company.status("delivered", "wamid.1", "2026-11-24 00:01");
  assert.deepEqual([company.creditsOn("2026-11-23"), company.creditsOn("2026-11-24")], [0, 1]);
  assert.deepEqual(posted(), ["consumption -1"]);
  company.status("sent", "wamid.1", "2026-11-23 23:59");
  assert.deepEqual([company.creditsOn("2026-11-23"), company.creditsOn("2026-11-24")], [1, 0]);
  assert.deepEqual(posted(), ["consumption -1 late", "reversal +1"]);
});

Deno.test("E8: a month is open, closed, final", () => {
  const company = november23();
  company.agree({ package: 10 });
  const status = () => company.statement("2026-11").status;
  company.advanceTo("2026-11-30 23:59:59");
  assert.equal(status(), "open");
  company.advanceTo("2026-12-01 00:00");
  assert.equal(status(), "closed");
  company.advanceTo("2026-12-08 23:59:59");
  assert.equal(status(), "closed");
  company.advanceTo("2026-12-09 00:00");
  assert.equal(status(), "final");
});

Deno.test("E9: a first month in full and prorated", () => {
  for (
    const [first_month, granted, costs] of [["full", 300, "300.00"], ["prorated", 150, "150.00"]] as const
  ) {
    const company = new TestCompany({ at: "2026-11-16 09:00" });
    company.agree({ package: 300, price: "300.00", first_month });
    assert.equal(company.balance().granted, granted);
    assert.equal(showMoney(packagePriceOf(company.view().contract, "2026-11" as Month)!), costs);
  }
});

Deno.test("E10: commitments", () => {
  const table = [
    ["2026-11-01", "2027-01-31"],
    ["2026-11-02", "2027-02-28"],
    ["2026-11-30", "2027-02-28"],
    ["2027-01-31", "2027-04-30"],
    ["2027-12-01", "2028-02-29"],
  ];
  for (const [starts_on, ends_on] of table) {
    const company = new TestCompany({ at: `${starts_on} 09:00` });
    company.agree({ package: 10 });
    assert.equal(company.balance().commitment_ends_on, ends_on, starts_on!);
  }
});

Deno.test("E11: a contract over time", () => {
  const company = new TestCompany({ at: "2026-11-02 09:00" });
  const shown = () => {
    const { contract, today } = company.view();
    const next = scheduledAfter(contract, today);
    const after = next && `${next.terms.package?.credits ?? "none"} from ${next.effective_from}`;
    return [termsOn(contract, today)?.package?.credits, company.balance().granted, after];
  };
  company.agree({ package: 100 });
  assert.deepEqual(shown(), [100, 100, undefined]);
  company.advanceTo("2026-11-10 09:00");
  company.agree({ package: 250 });
  assert.deepEqual(shown(), [250, 250, undefined]);
  company.advanceTo("2026-11-20 09:00");
  company.agree({ package: 50 });
  assert.deepEqual(shown(), [250, 250, "50 from 2027-03-01"]);
  company.advanceTo("2026-11-21 09:00");
  company.agree({ package: 250 });
  assert.deepEqual(shown(), [250, 250, undefined]);
  company.advanceTo("2026-11-22 09:00");
  company.cancel();
  assert.deepEqual(shown(), [250, 250, "none from 2027-03-01"]);
  company.advanceTo("2026-11-23 09:00");
  company.takeBack();
  assert.deepEqual(shown(), [250, 250, undefined]);
  assert.deepEqual(company.ledger(), ["grant +100", "grant +150"]);
});

Deno.test("E12: a package of 10 in a month", () => {
  const company = monthOfE12();
  assert.deepEqual(entries(company, "2026-11"), [
    ["grant", 10, 10, 0, 10, 0],
    ["consumption", -5, -5, 0, 5, 0],
    ["consumption", -4, -4, 0, 1, 0],
    ["consumption", -4, -1, -3, 0, 3],
    ["reversal", 4, 1, 3, 1, 0],
    ["expiry", -1, -1, 0, 0, 0],
  ]);
  assertSound(company);
});

Deno.test("E13: late consumption and a late refund into that month", () => {
  const company = monthOfE12();
  company.use("automation.run", 3, "late", "2026-11-28 10:00");
  company.status("failed", "wamid.beto", "2026-12-02 10:00", { to: BETO });
  assert.deepEqual(entries(company, "2026-11").slice(6), [
    ["adjustment", 1, 1, 0, 1, 0],
    ["consumption", -3, -1, -2, 0, 2],
    ["reversal", 4, 2, 2, 2, 0],
    ["adjustment", -2, -2, 0, 0, 0],
  ]);
  assert.deepEqual(company.ledger().slice(-4).every((text) => text.endsWith("late")), true);
  assert.deepEqual(company.month("2026-11"), {
    granted: 10,
    consumed: 8,
    available: 0,
    excess: 0,
    expired: 2,
  });
  assertSound(company);
});

Deno.test("E14: a company's own price, and the next one", () => {
  const company = new TestCompany({ at: "2026-11-10 09:00", prices: { "automation.run": 2 } });
  company.price("automation.run", 3);
  company.price("automation.run", 4);
  const posted = posts(company);
  company.use("automation.run", 1, "a", "2026-11-09 10:00");
  company.use("automation.run", 1, "b", "2026-11-10 10:00");
  assert.deepEqual(posted(), ["consumption -3 late", "consumption -3"]);
  company.use("automation.run", 1, "c", "2026-11-11 10:00");
  company.use("automation.run", 1, "d", "2026-11-10 11:00");
  assert.deepEqual(posted(), ["consumption -4", "consumption -3 late"]);
});

Deno.test("E15: usage counts once by its id", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00", prices: { "automation.run": 2 } });
  const report = (...usages: readonly (readonly [string, number])[]) => {
    const feature = "automation.run" as never;
    const reply = company.ask({
      type: "report_usage",
      usages: usages.map(([id, quantity]) => ({
        id,
        feature,
        quantity,
        occurred_at_ms: undefined,
        attributes: undefined,
      })),
    });
    return reply.type === "usage_counted"
      ? [reply.accepted, reply.duplicates, reply.credits]
      : refusal(reply).code;
  };
  assert.deepEqual(report(["run-1", 5]), [1, 0, 10]);
  assert.deepEqual(report(["run-1", 5]), [0, 1, 0]);
  assert.deepEqual(report(["run-1", 5], ["run-2", 1]), [1, 1, 2]);
  assert.equal(report(["run-2", 7]), "id_reused");
  assert.equal(company.balance().consumed, 12);
});

Deno.test("E16: an alias learned late", () => {
  const company = november23();
  const posted = posts(company);
  company.wrote("5511987650001", "2026-11-23 10:00");
  company.wrote("BR.1001", "2026-11-23 10:05");
  assert.deepEqual(posted(), ["consumption -1", "consumption -1"]);
  company.wrote("551187650001 BR.1001", "2026-11-23 10:10");
  assert.deepEqual(posted(), ["reversal +1"]);
});

Deno.test("E17: a number change carries the windows of the day over", () => {
  const company = november23();
  const posted = posts(company);
  company.wrote("5511987650001", "2026-11-23 10:00");
  assert.deepEqual(posted(), ["consumption -1"]);
  company.numberChanged("5511987650001", "5511987650002", "2026-11-23 11:00");
  company.wrote("5511987650002", "2026-11-23 11:05");
  assert.deepEqual(posted(), []);
  assert.equal(company.contact("5511987650002").free_form_allowed, true);
});

Deno.test("E18: what is kept in quarantine", () => {
  const reason = (at: string | number) => {
    const company = november23();
    const at_ms = typeof at === "string" ? company.ms(at) : at;
    const events = [wroteEvent(ANA, at_ms, "wamid.1")];
    company.ask({ type: "record", events, received_at_ms: company.now_ms });
    return [company.store.reasons()[0], company.balance().consumed];
  };
  assert.deepEqual(reason("2026-11-15 08:59"), ["too_old", 0]);
  assert.deepEqual(reason("2026-11-15 09:00"), [undefined, 1]);
  assert.deepEqual(reason("2026-11-23 09:05"), [undefined, 1]);
  assert.deepEqual(reason("2026-11-23 09:06"), ["in_the_future", 0]);
  assert.deepEqual(reason(NaN), ["timestamp_unparseable", 0]);

  const company = november23();
  const { now_ms } = company;
  const nobody = { phone: undefined, bsuid: undefined };
  company.record({ type: "wrote", contact: nobody, at_ms: now_ms, message_id: "1", phone_number_id: NUMBER });
  company.wrote(`${ANA} BR.1001`, "2026-11-23 09:00");
  company.wrote(`${BETO} BR.1001`, "2026-11-23 09:00");
  assert.deepEqual(company.store.reasons(), ["unreadable", "identity_conflict"]);
  assert.equal(company.balance().consumed, 2);
  company.advanceTo("2026-12-09 00:00");
  const event = wroteEvent(CARLA, now_ms, "2");
  const replayed = company.ask({ type: "replay", event, received_at_ms: now_ms });
  assert.deepEqual(replayed, { type: "replayed", kept: "month_final" });
});

Deno.test("E19: a prepaid month with excess and late entries, to the centavo", () => {
  const prices = { "whatsapp.outbound": 2, "automation.run": 1 };
  const company = new TestCompany({ at: "2026-11-01 09:00", prices });
  company.agree({ package: 10, price: "8.00", excess: "1.2345" });
  company.wrote(ANA, "2026-11-03 09:00");
  company.template(ANA, "2026-11-03 10:00");
  company.status("sent", "wamid.beto", "2026-11-10 14:00", { to: BETO });
  company.wrote(BETO, "2026-11-10 14:05");
  company.status("failed", "wamid.beto", "2026-11-10 14:30", { to: BETO });
  company.use("automation.run", 5, "runs", "2026-11-20 12:00");
  company.wrote(CARLA, "2026-11-28 15:00");
  company.status("sent", "wamid.ana", "2026-11-30 23:58");
  company.advanceTo("2026-12-01 00:00");
  assert.deepEqual(balances(company, "2026-11"), [
    "grant +10: 10, 0",
    "consumption -1: 9, 0",
    "consumption -2: 7, 0",
    "consumption -2: 5, 0",
    "reversal +2: 7, 0",
    "consumption -1: 6, 0",
    "consumption -5: 1, 0",
    "consumption -1: 0, 0",
    "consumption -2: 0, 2",
  ]);
  assert.equal(company.balance().available, 10);
  const at_close = company.statement("2026-11");
  assert.equal(showMoney(at_close.excess_amount!), "2.47");
  assert.equal(showMoney(at_close.total!), "10.47");

  company.advanceTo("2026-12-01 08:00");
  company.use("automation.run", 3, "late runs", "2026-11-29 12:00");
  company.advanceTo("2026-12-02 09:00");
  company.status("failed", "wamid.ana", "2026-12-02 09:00");
  assert.deepEqual(balances(company, "2026-11").slice(9), [
    "consumption -3 late: 0, 5",
    "reversal +2 late: 0, 3",
  ]);
  const statement = company.statement("2026-11");
  assert.equal(statement.status, "closed");
  assert.deepEqual(statement.figures, { granted: 10, consumed: 13, prepaid_used: 10, expired: 0, excess: 3 });
  assert.deepEqual(statement.at_close, {
    granted: 10,
    consumed: 12,
    prepaid_used: 10,
    expired: 0,
    excess: 2,
  });
  assert.deepEqual(statement.late_entries, {
    granted: 0,
    consumed: 1,
    prepaid_used: 0,
    expired: 0,
    excess: 1,
  });
  assert.equal(showMoney(statement.package_price!), "8.00");
  assert.equal(showMoney(statement.excess_amount!), "3.70");
  assert.equal(showMoney(statement.total!), "11.70");
  assertSound(company);
});

Deno.test("E20: a post-paid month with an upgrade in it, to the centavo", () => {
  const company = new TestCompany({ at: "2026-11-01 09:00", prices: { "automation.run": 1 } });
  company.agree({ package: null, excess: "0.50" });
  company.wrote(ANA, "2026-11-04 10:00");
  company.template(BETO, "2026-11-08 10:00");
  company.use("automation.run", 4, "first runs", "2026-11-10 10:00");
  company.advanceTo("2026-11-12 09:00");
  company.agree({ package: 5, price: "2.00", excess: "0.40" });
  company.use("automation.run", 3, "second runs", "2026-11-15 10:00");
  company.advanceTo("2026-11-20 09:00");
  company.agree({ package: 10, price: "3.50", excess: "0.40" });
  company.wrote(ANA, "2026-11-25 10:00");
  company.wrote(CARLA, "2026-11-27 10:00");
  company.advanceTo("2026-12-01 00:00");
  assert.deepEqual(balances(company, "2026-11"), [
    "consumption -1: 0, 1",
    "consumption -1: 0, 2",
    "consumption -4: 0, 6",
    "grant +5: 0, 1",
    "consumption -3: 0, 4",
    "grant +5: 1, 0",
    "consumption -1: 0, 0",
    "consumption -1: 0, 1",
  ]);
  assert.equal(company.balance().available, 10);
  const statement = company.statement("2026-11");
  assert.deepEqual(statement.figures, { granted: 10, consumed: 11, prepaid_used: 10, expired: 0, excess: 1 });
  assert.equal(showMoney(statement.package_price!), "3.50");
  assert.equal(showMoney(statement.excess_credit_price!), "0.50");
  assert.equal(showMoney(statement.total!), "4.00");
  const { contract, today } = company.view();
  assert.equal(showMoney(termsOn(contract, today)!.excess_credit_price!), "0.40");
  assert.equal(commitmentEndsOn(termsOn(contract, today)), "2027-02-28");
  assertSound(company);
});

Deno.test("every worked example of the rulebook is a test of its number", async () => {
  const read = (path: string) => Deno.readTextFile(new URL(path, import.meta.url));
  const numbers = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map((match) => match[1]);
  const written = numbers(await read("../../src/domain/README.md"), /^\*\*(E\d+)\*\*/gm);
  const tested = numbers(await read("./examples.test.ts"), /^Deno\.test\("(E\d+):/gm);
  assert.deepEqual(tested, written);
  assert.deepEqual(written, written.map((_, index) => `E${index + 1}`));
});

function november23(): TestCompany {
  return new TestCompany({ at: "2026-11-23 09:00" });
}

function monthOfE12(): TestCompany {
  const prices = { "automation.run": 1, "whatsapp.outbound": 4 };
  const company = new TestCompany({ at: "2026-11-01 09:00", prices });
  company.agree({ package: 10 });
  company.use("automation.run", 5, "runs", "2026-11-02 10:00");
  company.status("sent", "wamid.ana", "2026-11-03 10:00");
  company.status("sent", "wamid.beto", "2026-11-04 10:00", { to: BETO });
  company.status("failed", "wamid.ana", "2026-11-05 10:00");
  company.advanceTo("2026-12-01 09:00");
  return company;
}

/** Ledger rows of a month: type, credits, prepaid, excess, available after, excess after. */
function entries(company: TestCompany, month: string): unknown[][] {
  return company.store.ledger.filter((entry) => entry.period === month)
    .map((e) => [e.type, e.credits, e.prepaid, e.excess, e.available_after, e.excess_after]);
}

/** Ledger rows of a month in short: `type credits: available after, excess after`. */
function balances(company: TestCompany, month: string): string[] {
  return company.store.ledger.filter((entry) => entry.period === month)
    .map((entry) => `${company.ledger(entry.seq)[0]}: ${entry.available_after}, ${entry.excess_after}`);
}

/** What has been posted since it was asked last. */
function posts(company: TestCompany): () => string[] {
  let from = company.store.ledger.length + 1;
  return () => {
    const posted = company.ledger(from);
    from += posted.length;
    return posted;
  };
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
