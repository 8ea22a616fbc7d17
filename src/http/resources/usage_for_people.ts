/** The usage report as a file for people: see `csv_for_people.ts`. */

import type { z } from "@hono/zod-openapi";
import type { Language } from "../../domain/receipt.ts";
import type { CompanyId } from "../../domain/types.ts";
import type { Companies } from "../../ports/companies.ts";
import type { RateCardAdmin } from "../../ports/prices.ts";
import { STRINGS } from "../../web/strings/strings.ts";
import type { Cell, PeopleColumn } from "../kit/csv_for_people.ts";
import type { FileForPeople } from "../kit/list.ts";
import { type Problem, problemOfAnswer } from "../kit/problems.ts";
import { featureNames } from "./feature_names.ts";
import { FILE_TEXTS } from "./file_texts.ts";
import type { Grouping } from "./labelled_reports.ts";
import type { RowBody } from "./usage_report.ts";

type Row = z.infer<typeof RowBody>;

/** Returns the file of a usage report. It has a column for each group. */
export async function usageForPeople(
  { companies, rates }: { readonly companies: Companies; readonly rates: RateCardAdmin },
  company: CompanyId,
  { groups, by_phone_number_id, attributes }: Grouping,
  language: Language,
): Promise<FileForPeople<Row> | Problem> {
  const answer = await companies.execute(company, { type: "read_company" });
  if (answer.type !== "company") return problemOfAnswer(answer);
  const names = await featureNames(rates, answer.view, language);
  const texts = FILE_TEXTS[language].usage;
  const column = (heading: string, cellOf: (row: Row) => Cell): PeopleColumn<Row> => ({ heading, cellOf });
  const by_group = {
    day: column(texts.day, ({ day }) => day === undefined ? null : { date: day }),
    feature: column(texts.feature, ({ feature = "" }) => ({ text: names.get(feature) ?? feature })),
    direction: column(
      texts.direction,
      ({ direction = "none" }) => ({ text: STRINGS[language].direction[direction] }),
    ),
  };
  const columns = [
    ...(["day", "feature", "direction"] as const).filter((group) => groups.has(group)).map((group) =>
      by_group[group]
    ),
    ...by_phone_number_id
      ? [column(texts.phone_number_id, ({ phone_number_id }) => textCell(phone_number_id))]
      : [],
    ...attributes.map((name) =>
      column(headingOf(name, language), ({ attributes }) => textCell(attributes?.[name]))
    ),
    column(texts.units, ({ units }) => ({ number: units })),
    column(texts.credits, ({ credits }) => ({ number: credits })),
  ];
  return { columns };
}

/** Returns the heading of a label: that of the report page where it has one. */
function headingOf(label: string, language: Language): string {
  const headings: { readonly [label: string]: string } = STRINGS[language].features.label;
  return Object.hasOwn(headings, label) ? headings[label]! : label;
}

function textCell(text: string | null | undefined): Cell {
  return text === null || text === undefined ? null : { text };
}
