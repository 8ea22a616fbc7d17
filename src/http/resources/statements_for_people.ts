/** Statements as a file for people: see `csv_for_people.ts`. */

import type { z } from "@hono/zod-openapi";
import type { Language } from "../../domain/receipt.ts";
import { formatsIn } from "../../web/format.ts";
import { STRINGS } from "../../web/strings/strings.ts";
import type { Cell, PeopleColumn } from "../kit/csv_for_people.ts";
import { currencySymbol, FILE_TEXTS } from "./file_texts.ts";
import type { StatementBody } from "./statements.ts";

type Statement = z.infer<typeof StatementBody>;

/** Returns the columns of statements. */
export function statementColumns(language: Language): PeopleColumn<Statement>[] {
  const texts = FILE_TEXTS[language].statement;
  const column = (heading: string, cellOf: (statement: Statement) => Cell) => ({ heading, cellOf });
  const numbers = (["granted", "consumed", "prepaid_used", "expired", "excess"] as const).map((name) =>
    column(texts[name], (statement) => ({ number: statement[name] }))
  );
  const amounts = (["package_price", "excess_credit_price", "excess_amount", "total"] as const).map((name) =>
    column(texts[name], (statement) => numberCell(statement[name]))
  );
  return [
    column(texts.period, ({ period }) => ({ text: formatsIn(language).month(period) })),
    column(texts.status, ({ status }) => ({ text: STRINGS[language].months[status] })),
    ...numbers,
    ...amounts,
    column(
      texts.currency,
      ({ currency }) => currency === null ? null : { text: currencySymbol(currency, language) },
    ),
    column(texts.late_consumed, ({ late_entries }) => numberCell(late_entries?.consumed ?? null)),
    column(texts.late_total, ({ late_entries }) => numberCell(late_entries?.total ?? null)),
  ];
}

function numberCell(number: number | string | null): Cell {
  return number === null ? null : { number };
}
