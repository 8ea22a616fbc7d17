/** The ledger as a file for people: see `csv_for_people.ts`. */

import type { z } from "@hono/zod-openapi";
import type { Calendar } from "../../domain/calendar.ts";
import type { CompanyView } from "../../domain/company/command.ts";
import { showMoney } from "../../domain/money.ts";
import type { Language } from "../../domain/receipt.ts";
import type { CompanyId, LocalDate } from "../../domain/types.ts";
import { formatsIn } from "../../web/format.ts";
import { STRINGS } from "../../web/strings/strings.ts";
import type { Cell, PeopleColumn } from "../kit/csv_for_people.ts";
import type { FileForPeople } from "../kit/list.ts";
import { type Problem, problemOfAnswer } from "../kit/problems.ts";
import type { Caller } from "../middleware/authentication.ts";
import type { DatedLedgerFilter } from "../../domain/reports.ts";
import type { Companies } from "../../ports/companies.ts";
import type { RateCardAdmin } from "../../ports/prices.ts";
import type { Reports } from "../../ports/reports.ts";
import { featureNames } from "./feature_names.ts";
import { excessPriceOf } from "./excess_price.ts";
import { currencySymbol, FILE_TEXTS } from "./file_texts.ts";
import { entriesByDate } from "./history.ts";
import type { EntryBody } from "./ledger_entry.ts";

type Entry = z.infer<typeof EntryBody>;

/** Returns the file of the ledger entries of a filter, in the order of the report page: by local date. */
export async function ledgerForPeople(
  ports: { readonly companies: Companies; readonly reports: Reports; readonly rates: RateCardAdmin },
  company: CompanyId,
  { from, to, feature, type, direction, late, after_close, contact, message }: Omit<
    DatedLedgerFilter,
    "company"
  >,
  { caller, language }: { readonly caller: Caller; readonly language: Language },
): Promise<FileForPeople<Entry> | Problem> {
  const answer = await ports.companies.execute(company, { type: "read_company" });
  if (answer.type !== "company") return problemOfAnswer(answer);
  const { calendar, contract } = answer.view;
  const features = await featureNames(ports.rates, answer.view, language);
  const filter = { from, to, feature, type, direction, late, after_close, contact, message };
  return {
    columns: ledgerColumns({ language, calendar, contract, features }),
    readPage: (page) => entriesByDate(ports, company, { ...filter, ...page }, caller),
  };
}

/** The data that the columns of a file depend on. */
export interface LedgerFileContext {
  readonly language: Language;
  readonly calendar: Calendar;
  readonly contract: CompanyView["contract"];
  /** Feature names by code. */
  readonly features: ReadonlyMap<string, string>;
}

/**
 * Returns the columns of ledger entries. Each number is a change: of the balance (credits), of the available credits (from
 * the package) and of the excess, so credits used in excess are -1 credits and 1 excess. The amount of an entry's excess is exact: at the price at the end of the
 * entry's month, as on its statement, but not rounded. The amounts of a month add up to the statement's excess amount,
 * which is rounded once.
 */
export function ledgerColumns(context: LedgerFileContext): PeopleColumn<Entry>[] {
  const { language, calendar, features } = context;
  const texts = FILE_TEXTS[language].ledger;
  const strings = STRINGS[language];
  const local = (instant: string, date: LocalDate): Cell => ({ instant, time_zone: calendar.zoneOn(date) });
  const yesOrNo = (is: boolean): Cell => ({ text: is ? FILE_TEXTS[language].yes : FILE_TEXTS[language].no });
  const column = (heading: string, cellOf: (entry: Entry) => Cell) => ({ heading, cellOf });
  return [
    column(texts.seq, ({ seq }) => ({ number: seq })),
    column(texts.period, ({ period }) => ({ text: formatsIn(language).month(period) })),
    column(texts.local_date, ({ local_date }) => ({ date: local_date })),
    column(
      texts.occurred_at,
      ({ occurred_at, local_date }) => local(occurred_at, local_date as LocalDate),
    ),
    column(texts.type, ({ type }) => ({ text: strings.type[type] })),
    column(
      texts.feature,
      ({ feature }) => feature === null ? null : { text: features.get(feature) ?? feature },
    ),
    column(
      texts.direction,
      ({ direction }) => direction === "none" ? null : { text: strings.direction[direction] },
    ),
    column(texts.contact, ({ window }) => window && contactCell(window.contact, language)),
    column(texts.credits, ({ credits }) => ({ number: credits })),
    column(texts.prepaid, ({ prepaid }) => ({ number: prepaid })),
    // Positive if it adds to the excess, as its amount, the excess after it and the statement.
    column(texts.excess, ({ excess }) => ({ number: excess === 0 ? 0 : -excess })),
    column(texts.excess_amount, (entry) => amountOf(entry, context)?.amount ?? null),
    column(texts.currency, (entry) => amountOf(entry, context)?.currency ?? null),
    column(texts.available_after, ({ available_after }) => ({ number: available_after })),
    column(texts.excess_after, ({ excess_after }) => ({ number: excess_after })),
    column(texts.late, ({ late }) => yesOrNo(late)),
    column(texts.after_close, ({ after_close }) => yesOrNo(after_close)),
    column(
      texts.recorded_at,
      ({ recorded_at }) => local(recorded_at, calendar.dateOf(Date.parse(recorded_at))),
    ),
  ];
}

function contactCell(contact: string | null, language: Language): Cell {
  return contact === null ? { text: STRINGS[language].history.contact_removed } : { contact };
}

/** Returns the price of an entry's excess, positive if it is owed; undefined without excess or without a price. */
function amountOf(
  entry: Entry,
  { contract, language }: LedgerFileContext,
): { readonly amount: Cell; readonly currency: Cell } | undefined {
  const price = excessPriceOf(entry, contract);
  return price && {
    amount: { number: showMoney(price.amount) },
    currency: { text: currencySymbol(price.currency, language) },
  };
}
