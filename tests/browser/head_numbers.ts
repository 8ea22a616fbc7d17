/** Compares the head of the page with the API: the main number, the bill, the facts and the notes. */

import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { STRINGS } from "../../src/web/strings/strings.ts";
import type { ApiAnswers, Json } from "./api_answers.ts";
import { assertPercent, assertValues, factsOf, type NumberReader, textOf, textsOf } from "./page_reader.ts";

/** The texts of a page. */
export type Texts = (typeof STRINGS)["pt-BR"];

/** What is compared. */
export interface Compared {
  readonly page: Page;
  readonly reader: NumberReader;
  readonly texts: Texts;
  readonly answers: ApiAnswers;
}

/** Compares the head of the page. */
export async function assertHead(compared: Compared): Promise<void> {
  const { page, reader, answers: { balance, statement, is_open_month } } = compared;
  const lead = is_open_month && balance.granted > 0 ? balance.available : statement.consumed;
  const month = is_open_month ? [] : [reader.month(statement.period)];
  assertValues(await textOf(page, "#balance .number"), [reader.credits(lead), ...month], "the main number");
  if (is_open_month) {
    for (const name of ["granted", "consumed", "excess", "excess_amount", "total", "currency"]) {
      assert.equal(balance[name], statement[name], `the ${name} of balance and statement`);
    }
  }
  await assertShare(compared);
  await assertBill(compared);
  await assertFacts(compared);
  await assertNotes(compared);
}

/** Compares the share with its bar and its colour. */
async function assertShare({ page, reader, answers: { statement } }: Compared): Promise<void> {
  const { granted, consumed } = statement;
  if (granted === 0) return assert.equal(await page.locator("#balance .share-text").count(), 0);
  const text = await textOf(page, "#balance .share-text");
  const [share] = text.match(/\d[\d.,]*\s?%/)!;
  const exact = 100 * consumed / granted;
  assertPercent(reader, share, exact, "the share");
  assert.equal(reader.number(share)! > 100, exact > 100, `the share ${share} of ${exact} %`);
  assertValues(text.replace(share, ""), [reader.credits(granted)], "the share");
  const width = await page.locator("#balance .share .used").getAttribute("width");
  assert.ok(Math.abs(parseFloat(width!) - Math.min(100, exact)) <= 0.1, `the bar ${width} of ${exact} %`);
  const risk = exact > 100 ? "risk-excess" : exact >= 80 ? "risk-nearly_used" : "risk-calm";
  assert.equal(await page.locator("#balance").getAttribute("class"), risk);
}

/** Compares the excess so far and the expected bill. */
async function assertBill({ page, reader, answers }: Compared): Promise<void> {
  const { balance, forecast, is_open_month } = answers;
  const { excess, excess_amount, currency } = balance;
  const has_excess = is_open_month && balance.granted > 0 && excess > 0;
  const now = [
    reader.credits(excess),
    ...excess_amount === null ? [] : [reader.money(excess_amount, currency)],
  ];
  const shown = await textsOf(page, "#balance .excess-now");
  assert.equal(shown.length, has_excess ? 1 : 0, "the excess so far");
  if (has_excess) assertValues(shown[0]!, now, "the excess so far");
  const expected = forecast.expected_total ?? null;
  const bill = await textsOf(page, "#balance .bill");
  assert.equal(bill.length, expected === null ? 0 : 1, "the expected bill");
  if (expected === null) return;
  const { scheduled_grant } = answers;
  const scheduled = scheduled_grant === null
    ? []
    : [reader.credits(scheduled_grant.granted), dateText(reader, scheduled_grant.on, answers.today)];
  assertValues(bill[0]!, [reader.money(expected, currency), ...scheduled], "the expected bill");
}

async function assertFacts({ page, reader, texts, answers }: Compared): Promise<void> {
  const { balance, statement, is_open_month, today, scheduled_grant } = answers;
  const { granted, consumed, expired, excess, currency } = statement;
  const { renews_on, commitment_ends_on } = balance;
  const money = (amount: string | null) => amount === null ? [] : [reader.money(amount, currency)];
  const facts: [term: string, values: readonly string[]][] = [];
  if (granted > 0) {
    const price = money(statement.package_price);
    const grown = scheduled_grant === null || price.length === 0
      ? []
      : [reader.credits(scheduled_grant.granted), dateText(reader, scheduled_grant.on, today)];
    facts.push([texts.balance.package, [reader.credits(granted), ...price, ...grown]]);
    facts.push([texts.balance.used, [reader.credits(consumed)]]);
  }
  if (expired > 0) facts.push([texts.balance.expired, [reader.credits(expired)]]);
  const price = excess > 0 ? statement.excess_amount : statement.excess_credit_price;
  facts.push([texts.balance.excess, [reader.credits(excess), ...money(price)]]);
  const to_come = scheduled_grant === null || statement.package_price === null
    ? []
    : [...money(statement.package_price), dateText(reader, scheduled_grant.on, today)];
  if (statement.total !== null) facts.push([texts.balance.total, [...money(statement.total), ...to_come]]);
  if (is_open_month && granted > 0) {
    facts.push([texts.balance.renews, renews_on === null ? [] : [dateText(reader, renews_on, today)]]);
  }
  if (is_open_month && commitment_ends_on !== null && commitment_ends_on >= today) {
    const options = { day: "numeric", month: "short", year: "numeric" } as const;
    facts.push([texts.balance.commitment, [reader.date(commitment_ends_on, options)]]);
  }
  const shown = await factsOf(page, "#balance dl.facts");
  assert.deepEqual([...shown.keys()], facts.map(([term]) => term));
  for (const [term, values] of facts) assertValues(shown.get(term)!, values, term);
}

/** Compares the forecast, the change against the month before and the scheduled terms. */
async function assertNotes(compared: Compared): Promise<void> {
  const { page, reader, answers: { balance, forecast, is_open_month } } = compared;
  const values = is_open_month ? [...forecastValues(compared), ...scheduledValues(compared)] : [];
  const notes = (await textsOf(page, "#balance .note:not(.change)")).join(" ");
  const cause = causePattern(compared.texts).exec(notes);
  if (cause !== null) await assertCause(compared, cause.groups!);
  assertValues(notes.replace(cause?.[0] ?? "", ""), values, "the notes");
  const last = forecast.last_month ?? null;
  const [change, ...more] = await textsOf(page, "#balance .note.change");
  assert.equal(change !== undefined, last !== null && last.consumed > 0, `the change: ${change}`);
  assert.deepEqual(more, []);
  if (change === undefined) return;
  const exact = 100 * Math.abs(balance.consumed - last.consumed) / last.consumed;
  const [share = ""] = change.match(/\d[\d.,]*\s?%/) ?? [];
  assert.equal(share === "", exact === 0);
  if (share !== "") assertPercent(reader, share, exact, "the change");
  assertValues(change.replace(share, ""), [reader.day(last.through)], "the change");
}

/** Returns the pattern of the sentence about the label or number behind an unusual day. */
export function causePattern({ forecast }: Texts): RegExp {
  const sentence = forecast.unusual_cause(
    "(?<name>[^.:]+)",
    "(?<consumed>\\S+)",
    "\\d\\d:\\d\\d",
    "(?<usual>\\S+)",
  );
  return new RegExp(sentence);
}

/** Compares a cause with the usage report by its label. The page reads it less often: after the day has grown by half. */
async function assertCause(
  { reader, texts, answers: { balance, forecast, today, get } }: Compared,
  { name, consumed, usual }: Readonly<Record<string, string>>,
): Promise<void> {
  const by = (["department", "campaign", "number"] as const).find((one) =>
    name!.trim().startsWith(texts.features.label[one])
  )!;
  const label = name!.trim().slice(texts.features.label[by].length + 1).replaceAll(/[\u2066-\u2069]/g, "");
  const first = Temporal.PlainDate.from(today).subtract({ days: forecast.closed_days });
  const creditsOf = async (from: string, to: string) => {
    const group = by === "number" ? "phone_number_id" : `attribute:${by}`;
    const url = `/v1/companies/${balance.company}/usage?from=${from}&to=${to}&group_by=${group}`;
    const row = (await get(url)).data.find(({ phone_number_id, attributes }: Json) =>
      (by === "number" ? phone_number_id : attributes[by]) === label
    );
    return row?.credits ?? 0;
  };
  const mean = await creditsOf(`${first}`, balance.closed_through) / forecast.closed_days;
  assert.equal(reader.number(usual!), Math.round(mean), `the usual use of ${label}`);
  const [shown, now] = [reader.number(consumed!)!, await creditsOf(today, today)];
  assert.ok(shown > mean && shown <= now, `${shown} of ${label}, of ${now} today`);
}

function forecastValues({ reader, answers }: Compared): string[] {
  const { balance, forecast, scheduled_grant, today } = answers;
  if (forecast.insufficient_data) return [reader.credits(forecast.closed_days_missing)];
  const { today: { is_unusual, times, reason }, expected_excess, expected_excess_amount } = forecast;
  const unusual = [
    ...times === null ? [] : [reader.credits(times < 10 ? times : Math.round(times))],
    ...reason === null ? [] : [reader.credits(reason.consumed), reader.credits(reason.usual)],
  ];
  const excess = expected_excess === 0 ? [] : [
    reader.credits(expected_excess),
    ...expected_excess_amount === null ? [] : [reader.money(expected_excess_amount, balance.currency)],
  ];
  const has_package = balance.granted > 0 || scheduled_grant !== null;
  const has_ended = balance.available === 0 && forecast.runs_out_on <= today;
  const is_forecast = has_package || expected_excess > 0;
  return [
    ...is_unusual ? unusual : [],
    ...has_package ? packageValues(reader, forecast, has_ended) : [],
    ...excess,
    ...is_forecast ? [reader.credits(forecast.closed_days)] : [],
  ];
}

function packageValues(reader: NumberReader, forecast: Json, has_ended: boolean): string[] {
  const { runs_out_on, runs_out_between: [earliest, latest], expected_left } = forecast;
  const days = (...dates: (string | null)[]) =>
    dates.flatMap((date) => date === null ? [] : [reader.day(date)]);
  if (runs_out_on === null) {
    return [...expected_left === 0 ? [] : [reader.credits(expected_left)], ...days(earliest)];
  }
  if (has_ended || earliest === latest) return days(runs_out_on);
  return days(runs_out_on, earliest, latest);
}

function scheduledValues({ reader, answers: { contract, scheduled_grant, today } }: Compared): string[] {
  if (contract === null) return [];
  if (contract.cancels_on !== null) return [dateText(reader, contract.cancels_on, today)];
  if (contract.scheduled === null) return [];
  const { effective_from, package: agreed, excess_credit_price, currency } = contract.scheduled;
  const money = (amount: string | null) => amount === null ? [] : [reader.money(amount, currency)];
  return [
    dateText(reader, effective_from, today),
    ...agreed === null ? [] : [reader.credits(agreed.credits), ...money(agreed.price)],
    ...money(excess_credit_price),
    ...scheduled_grant === null ? [] : [dateText(reader, scheduled_grant.on, today)],
  ];
}

/** Formats a date, with its year if that is not the current one. */
export function dateText(reader: NumberReader, date: string, today: string): string {
  if (date.slice(0, 4) === today.slice(0, 4)) return reader.day(date);
  return reader.date(date, { day: "numeric", month: "long", year: "numeric" });
}
