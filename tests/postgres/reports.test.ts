import assert from "node:assert/strict";
import type { CompanyId, ContactId, LocalDate } from "../../src/domain/types.ts";
import { PostgresReports } from "../../src/postgres/reports.ts";
import { createOwner } from "./company_history.ts";
import {
  agreeContract,
  at,
  AUTOMATION,
  type CompanyOwner,
  record,
  sendTemplate,
  useAutomation,
  wrote,
} from "./owner.ts";
import { openPostgresStore, type PostgresStoreUnderTest } from "./test_store.ts";
import { DAY_MS } from "../../src/time/units.ts";

const ACME = "acme" as CompanyId;
const MONDAY = "2026-11-23" as LocalDate;
const TUESDAY = "2026-11-24" as LocalDate;
const NOON = at("2026-11-23T12:00:00Z");
const TUESDAY_NOON = at("2026-11-24T12:00:00Z");
const MARIA = "5511988887777";

Deno.test("ledger pages are newest first and have each entry once", async () => {
  await using subject = await openPostgresStore();
  const reports = new PostgresReports(subject.pool);
  await writeTwoDays(subject);
  const all = await reports.ledger({ company: ACME, limit: 100 });
  assert.deepEqual(all.map(({ seq }) => seq), [5, 4, 3, 2, 1]);
  const first = await reports.ledger({ company: ACME, limit: 3 });
  const second = await reports.ledger({ company: ACME, limit: 3, before_seq: first.at(-1)!.seq });
  assert.deepEqual([...first, ...second], all);
  assert.deepEqual(await reports.ledger({ company: "unknown" as CompanyId, limit: 3 }), []);
});

Deno.test("the ledger is filtered by dates, feature, type, direction and lateness", async () => {
  await using subject = await openPostgresStore();
  const reports = new PostgresReports(subject.pool);
  await writeTwoDays(subject);
  const seqs = async (filter: Partial<Parameters<PostgresReports["ledger"]>[0]>) =>
    (await reports.ledger({ company: ACME, limit: 100, ...filter })).map(({ seq }) => seq);
  assert.deepEqual(await seqs({ from: TUESDAY }), [4]);
  assert.deepEqual(await seqs({ to: MONDAY }), [5, 3, 2, 1]);
  assert.deepEqual(await seqs({ from: MONDAY, to: TUESDAY, type: "grant" }), [1]);
  assert.deepEqual(await seqs({ feature: AUTOMATION }), [3]);
  assert.deepEqual(await seqs({ direction: "inbound" }), [5, 4]);
  assert.deepEqual(await seqs({ late: true }), [5]);
});

Deno.test("an entry is after the close of its month if it was posted later, also in the change that closed it", async () => {
  await using subject = await openPostgresStore();
  const reports = new PostgresReports(subject.pool);
  const own = await createOwner(subject.store);
  const decide = async (now_ms: number, ...commands: Parameters<CompanyOwner["decide"]>[1][]) => {
    const { change } = await own.decide(now_ms, ...commands);
    assert.equal((await subject.writer.write([change])).size, 1);
  };
  const late = (identifier: string, at_ms: number, received_at_ms: number) => ({
    ...record(wrote(identifier, at_ms)),
    received_at_ms,
  });
  const afterClose = async (filter: Partial<Parameters<PostgresReports["ledger"]>[0]> = {}) => {
    const span = { company: ACME, after_close: true, limit: 100, ...filter };
    const [by_seq, by_date, days] = await Promise.all([
      reports.ledger(span),
      reports.ledgerByDate(span),
      reports.ledgerDays(span),
    ]);
    const seqs = by_seq.map(({ seq }) => seq);
    assert.deepEqual(by_date.map(({ seq }) => seq).sort((a, b) => b - a), seqs);
    assert.equal(days.reduce((sum, { entries }) => sum + entries, 0), seqs.length);
    assert.ok(by_seq.every(({ late, after_close }) => late && after_close));
    return seqs;
  };
  // A conversation of Monday, and one of Monday that arrives on Tuesday: late, in the open month.
  await decide(NOON, record(wrote(MARIA, NOON)));
  await decide(TUESDAY_NOON, late("5521933334444", NOON, TUESDAY_NOON));
  assert.deepEqual((await reports.ledger({ company: ACME, late: true, limit: 9 })).map(({ seq }) => seq), [
    2,
  ]);
  assert.deepEqual(await afterClose(), []);
  // The same change closes November, charges a conversation of December, and another one of November.
  const december_ms = at("2026-12-01T12:00:00Z");
  await decide(
    december_ms,
    record(wrote(MARIA, december_ms)),
    late("5531955556666", NOON, december_ms),
  );
  const posted = await reports.ledger({ company: ACME, limit: 9 });
  assert.deepEqual(posted.map(({ seq, period }) => [seq, period]), [
    [4, "2026-11"],
    [3, "2026-12"],
    [2, "2026-11"],
    [1, "2026-11"],
  ]);
  assert.deepEqual(await afterClose(), [4]);
  assert.deepEqual(await afterClose({ from: MONDAY, to: TUESDAY }), [4]);
  assert.deepEqual(await afterClose({ from: TUESDAY }), []);
  assert.equal((await reports.ledgerEntry(ACME, 4))!.after_close, true);
  const before = await reports.ledger({ company: ACME, after_close: false, limit: 9 });
  assert.deepEqual(before.map(({ seq }) => seq), [3, 2, 1]);
  assert.deepEqual(await reports.ledger({ company: ACME, after_close: true, late: false, limit: 9 }), []);
  // So is one that arrives on another day.
  const last_day_ms = at("2026-11-30T12:00:00Z");
  await decide(december_ms + DAY_MS, late("5541999990000", last_day_ms, december_ms + DAY_MS));
  assert.deepEqual(await afterClose(), [5, 4]);
});

Deno.test("an entry has the cause of its charge", async () => {
  await using subject = await openPostgresStore();
  const reports = new PostgresReports(subject.pool);
  const own = await writeTwoDays(subject);
  const entry = (await reports.ledgerEntry(ACME, 2))!;
  assert.deepEqual(
    [entry.credits, entry.prepaid, entry.excess, entry.available_after, entry.excess_after],
    [-1, -1, 0, 1, 0],
  );
  const { cause } = entry;
  assert.equal(cause?.type === "window" && cause.contact, own.state.keyring.contact(MARIA));
  assert.deepEqual(cause?.type === "window" && cause.attribution, { department: "sales" });
  assert.equal(await reports.ledgerEntry(ACME, 99), undefined);
});

Deno.test("window pages are ordered by opening time, latest first", async () => {
  await using subject = await openPostgresStore();
  const reports = new PostgresReports(subject.pool);
  const own = await createOwner(subject.store);
  const dayOf = (date: LocalDate) => {
    const { start_ms, end_ms } = own.state.calendar.day(date);
    return { opened_from_ms: start_ms, opened_before_ms: end_ms };
  };
  // Twelve contacts at four instants: pages end between windows with the same opening time.
  const events = Array.from({ length: 12 }, (_, i) => wrote(`55119${80_000_000 + i}`, NOON + i % 4 * 1_000));
  await subject.writer.write([(await own.decide(NOON + 5_000, record(...events))).change]);
  const all = await reports.windows({ company: ACME, limit: 100 });
  assert.equal(all.length, 12);
  const opened = all.map(({ opened_at_ms }) => opened_at_ms);
  assert.deepEqual(opened, opened.toSorted((a, b) => b - a));
  const paged = [];
  for (let before = undefined;;) {
    const page = await reports.windows({ company: ACME, ...dayOf(MONDAY), limit: 5, before });
    paged.push(...page);
    if (page.length < 5) break;
    before = page.at(-1)!;
  }
  assert.deepEqual(paged, all);
  assert.deepEqual(await reports.windows({ company: ACME, ...dayOf(TUESDAY), limit: 5 }), []);
  assert.deepEqual(
    await reports.windows({ company: ACME, opened_before_ms: NOON + 3_000, limit: 9 }),
    all.slice(3),
  );
});

Deno.test("late entries change a date's totals and not its totals at the closing", async () => {
  await using subject = await openPostgresStore();
  const reports = new PostgresReports(subject.pool);
  await writeTwoDays(subject);
  const inbound = { feature: "whatsapp.inbound", direction: "inbound" };
  const outbound = { feature: "whatsapp.outbound", direction: "outbound", units: 1, credits: 1 };
  const automation = { feature: AUTOMATION, direction: "none", units: 2, credits: 4 };
  assert.deepEqual(await reports.dayTotals(ACME, MONDAY, TUESDAY), [
    { local_date: MONDAY, ...automation },
    { local_date: MONDAY, ...inbound, units: 1, credits: 1 },
    { local_date: MONDAY, ...outbound },
    { local_date: TUESDAY, ...inbound, units: 1, credits: 1 },
  ]);
  const [monday, ...others] = await reports.closedDays(ACME, MONDAY, TUESDAY);
  assert.deepEqual(others, []);
  assert.equal(monday!.closed_at_ms, TUESDAY_NOON);
  assert.deepEqual(new Set(monday!.totals.map((total) => JSON.stringify(total))).size, 2);
  assert.equal(monday!.totals.reduce((sum, { credits }) => sum + credits, 0), 5);
});

Deno.test("the balance at the end of a date has the late entries posted by then", async () => {
  await using subject = await openPostgresStore();
  const reports = new PostgresReports(subject.pool);
  await writeTwoDays(subject);
  const SUNDAY = "2026-11-22" as LocalDate;
  const ends = [SUNDAY, MONDAY, TUESDAY].map((local_date, i) => {
    return { local_date, end_ms: at("2026-11-23T03:00:00Z") + i * DAY_MS };
  });
  const balances = await reports.dayBalances(ACME, ends);
  assert.deepEqual(balances.map((one) => one.local_date), [SUNDAY, MONDAY, TUESDAY]);
  const entries = await reports.ledger({ company: ACME, limit: 9 });
  const after = (seq: number) => {
    const { available_after, excess_after } = entries.find((entry) => entry.seq === seq)!;
    return [available_after, excess_after];
  };
  assert.deepEqual(
    balances.map(({ available_after, excess_after }) => [available_after, excess_after]),
    // Entry 5 is of Monday and was posted on Tuesday.
    [[0, 0], after(3), after(5)],
  );
  assert.notDeepEqual(after(3), after(5));
});

Deno.test("usage is grouped by labels and by phone number id", async () => {
  await using subject = await openPostgresStore();
  const reports = new PostgresReports(subject.pool);
  await writeTwoDays(subject);
  const span = { company: ACME, from: MONDAY, to: TUESDAY, as_of: "now", limit: 100 } as const;
  const departments = await reports.labelledUsage({
    ...span,
    groups: new Set(["feature"]),
    by_phone_number_id: false,
    attributes: ["department"],
  });
  assert.deepEqual(departments, [
    { feature: AUTOMATION, attributes: { department: "support" }, units: 2, credits: 4 },
    { feature: "whatsapp.inbound", attributes: { department: null }, units: 2, credits: 2 },
    { feature: "whatsapp.outbound", attributes: { department: "sales" }, units: 1, credits: 1 },
  ]);
  const numbers = await reports.labelledUsage({
    ...span,
    groups: new Set(["day"]),
    by_phone_number_id: true,
    attributes: [],
  });
  assert.deepEqual(numbers, [
    { day: MONDAY, phone_number_id: "106540000000001", units: 1, credits: 1 },
    { day: MONDAY, phone_number_id: null, units: 3, credits: 5 },
    { day: TUESDAY, phone_number_id: "106540000000001", units: 1, credits: 1 },
  ]);
});

Deno.test("labelled usage as of the closing omits late entries and open dates", async () => {
  await using subject = await openPostgresStore();
  await writeTwoDays(subject);
  const rows = await new PostgresReports(subject.pool).labelledUsage({
    company: ACME,
    from: MONDAY,
    to: TUESDAY,
    as_of: "close",
    groups: new Set(["direction"]),
    by_phone_number_id: true,
    attributes: ["department"],
    limit: 100,
  });
  assert.deepEqual(rows, [
    { direction: "none", phone_number_id: null, attributes: { department: "support" }, units: 2, credits: 4 },
    {
      direction: "outbound",
      phone_number_id: null,
      attributes: { department: "sales" },
      units: 1,
      credits: 1,
    },
  ]);
});

Deno.test("a contact's identifier is the phone if known, and none after an erasure", async () => {
  await using subject = await openPostgresStore();
  const reports = new PostgresReports(subject.pool);
  const own = await createOwner(subject.store);
  const bsuid = "BR.1349120865";
  const events = record(wrote(bsuid, NOON), wrote("5521933334444", NOON), wrote(MARIA, NOON + 1_000, bsuid));
  await subject.writer.write([(await own.decide(NOON + 1_000, events)).change]);
  const [maria, other] = [bsuid, "5521933334444"].map((identifier) =>
    own.state.keyring.contact(identifier) as string as ContactId
  );
  assert.deepEqual(
    await reports.identifiersOf(ACME, [maria!, other!, maria!]),
    new Map([[maria, MARIA], [other, "5521933334444"]]),
  );
  await subject.pool.query("update contacts set identifier = null where $1 in (key, contact_id)", [maria]);
  assert.deepEqual([...(await reports.identifiersOf(ACME, [maria!, other!])).keys()], [other]);
});

/** Writes a package, a template and an automation run on Monday, a message on Tuesday, and a late one of Monday. */
async function writeTwoDays(subject: PostgresStoreUnderTest): Promise<CompanyOwner> {
  const own = await createOwner(subject.store);
  const steps = [
    [NOON, agreeContract(2)],
    [
      NOON,
      sendTemplate(MARIA, "message-1", { department: "sales" }),
      useAutomation("run-1", 2, { department: "support" }),
    ],
    [TUESDAY_NOON, record(wrote(MARIA, TUESDAY_NOON))],
    [TUESDAY_NOON, { ...record(wrote("5521933334444", NOON)), received_at_ms: TUESDAY_NOON }],
  ] as const;
  for (const [now_ms, ...commands] of steps) {
    const { change } = await own.decide(now_ms, ...commands);
    assert.equal((await subject.writer.write([change])).size, 1);
  }
  assert.equal(own.state.due_at_ms, at("2026-11-24T03:00:00Z") + DAY_MS);
  return own;
}
