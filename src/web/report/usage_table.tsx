/** The tables of usage by feature and by label. */

import type { Child, FC } from "hono/jsx";
import type { RenderContext } from "./render_context.ts";
import { sharesOf, type TableShares } from "./shares.ts";

/** Rows of a table of usage before the others. */
const USAGE_ROWS = 6;

interface WithCredits {
  readonly credits: number;
}

interface WithAmount extends WithCredits {
  /** Null while the total of the month is unknown. */
  readonly amount: string | null;
}

/** What a table shows of its rows. */
export interface UsageColumns<Row> {
  /** The heading of the names. */
  readonly heading: string;
  /** The headings of the figures. */
  readonly headings: readonly string[];
  nameOf(row: Row): Child;
  /** The name of the row that sums up the others. */
  readonly others_name: Child;
  figuresOf(row: Row, share: string): readonly string[];
  /** The figures of a row that sums up others, and of the total. */
  sumsOf(rows: readonly Row[], share: string): readonly string[];
}

interface UsageTablesProps<Row> {
  readonly context: RenderContext;
  readonly columns: UsageColumns<Row>;
  /** Largest first. */
  readonly rows: readonly Row[];
  /** The most others that are listed. */
  readonly listed_max?: number;
}

/** Usage in two tables: the largest rows with the total, and the others in a part that opens. */
export function UsageTables<Row extends WithAmount>(
  { context, columns, rows, listed_max }: UsageTablesProps<Row>,
) {
  const { features: texts, daily } = context.strings;
  if (rows.length === 0) return <p class="empty">{daily.none}</p>;
  const [shown, others] = splitRows(rows);
  const listed = others.slice(0, listed_max);
  const unlisted = others.slice(listed.length);
  const shares = sharesOf({
    shown: shown.map(({ credits }) => credits),
    listed: listed.map(({ credits }) => credits),
    unlisted: creditsIn(unlisted),
  }, context.formats);
  return (
    <>
      <UsageTable
        context={context}
        columns={columns}
        rows={shown}
        others={others}
        total={rows}
        shares={{ rows: shares.shown, others: shares.others, total: shares.total }}
      />
      {others.length > 0 && (
        <details id="features-others" class="others">
          <summary id="features-others-summary">{texts.open_others(others.length)}</summary>
          <UsageTable
            context={context}
            columns={columns}
            rows={listed}
            others={unlisted}
            shares={{ rows: shares.listed, others: shares.unlisted, total: shares.total }}
          />
        </details>
      )}
      {!shares.add_up && <p class="note">{texts.shares_rounded}</p>}
      <AmountMethod context={context} rows={[...shown, ...listed]} />
    </>
  );
}

interface UsageTableProps<Row> extends UsageTablesProps<Row> {
  /** The rows that one row sums up. */
  readonly others: readonly Row[];
  /** All rows, for the total. Undefined in the table of the others, which continues the first. */
  readonly total?: readonly Row[];
  /** The shares of the rows, of the others and of the total. */
  readonly shares: { readonly rows: readonly string[] } & Pick<TableShares, "others" | "total">;
}

function UsageTable<Row>({ context, columns, rows, others, total, shares }: UsageTableProps<Row>) {
  const { heading, headings, others_name } = columns;
  const is_first = total !== undefined;
  const row = (name: Child, figures: readonly string[], kind?: "rest") => (
    <tr role="row" class={kind}>
      <th scope="row" role="rowheader">{name}</th>
      {figures.map((figure, i) => <Cell label={headings[i]!}>{figure}</Cell>)}
    </tr>
  );
  return (
    <table
      class="features"
      role="table"
      aria-labelledby={is_first ? "features-heading" : "features-heading features-others-summary"}
    >
      <thead role="rowgroup" class={is_first ? undefined : "unseen"}>
        <tr role="row">
          {[heading, ...headings].map((text) => <th scope="col" role="columnheader">{text}</th>)}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {rows.map((each, i) => row(columns.nameOf(each), columns.figuresOf(each, shares.rows[i]!)))}
        {others.length > 0 && row(others_name, columns.sumsOf(others, shares.others), "rest")}
      </tbody>
      {is_first && (
        <tfoot role="rowgroup">{row(context.strings.daily.total, columns.sumsOf(total, shares.total))}</tfoot>
      )}
    </table>
  );
}

/** Splits rows into those shown and the others. One row alone is never hidden. */
function splitRows<Row>(rows: readonly Row[]): [shown: readonly Row[], others: readonly Row[]] {
  const count = rows.length <= USAGE_ROWS + 1 ? rows.length : USAGE_ROWS;
  return [rows.slice(0, count), rows.slice(count)];
}

/** Says how the amounts of the rows are computed, and why those of equal rows differ. Without a total there are none. */
const AmountMethod: FC<{ context: RenderContext; rows: readonly WithAmount[] }> = ({ context, rows }) => {
  const { view: { statement: { total, currency } }, strings: { features: texts }, formats } = context;
  if (total === null || currency === null) return null;
  return (
    <p class="note">
      {texts.method(formats.money(total, currency))} {haveUnequalAmounts(rows) && texts.amounts_unequal}
    </p>
  );
};

/** Reports whether two rows with equal credits have different amounts. */
function haveUnequalAmounts(rows: readonly WithAmount[]): boolean {
  const amounts = new Map(rows.map(({ credits, amount }) => [credits, amount]));
  return rows.some(({ credits, amount }) => amounts.get(credits) !== amount);
}

/** A cell. On narrow screens it has the name of its column. */
export const Cell: FC<{ label: string; children?: Child }> = ({ label, children }) => (
  <td role="cell" data-label={label}>{children}</td>
);

/** Adds the credits of rows. */
export function creditsIn(rows: readonly WithCredits[]): number {
  return rows.reduce((sum, { credits }) => sum + credits, 0);
}

/** Adds amounts of whole centavos, as decimal text. */
export function sumOfMoney(amounts: readonly string[]): string {
  const centavos = amounts.reduce((sum, amount) => sum + BigInt(amount.replace(".", "")), 0n).toString()
    .padStart(3, "0");
  return `${centavos.slice(0, -2)}.${centavos.slice(-2)}`;
}
