/** The parts that the tables of usage by feature and by label share. */

import type { Child, FC } from "hono/jsx";
import type { RenderContext } from "./render_context.ts";

/** Rows of a table of usage before the others. */
const USAGE_ROWS = 6;

/** Splits rows into those shown and the others. One row alone is never hidden. */
export function splitRows<Row>(rows: readonly Row[]): [shown: readonly Row[], others: readonly Row[]] {
  const count = rows.length <= USAGE_ROWS + 1 ? rows.length : USAGE_ROWS;
  return [rows.slice(0, count), rows.slice(count)];
}

/** Says how the amounts of the rows are computed. Without a total there are none. */
export const AmountMethod: FC<{ context: RenderContext }> = ({ context }) => {
  const { view: { statement: { total, currency } }, strings: { features: texts }, formats } = context;
  if (total === null || currency === null) return null;
  return <p class="note">{texts.method(formats.money(total, currency))}</p>;
};

/** A cell. On narrow screens it has the name of its column. */
export const Cell: FC<{ label: string; children?: Child }> = ({ label, children }) => (
  <td role="cell" data-label={label}>{children}</td>
);

/** Adds amounts of whole centavos, as decimal text. */
export function sumOfMoney(amounts: readonly string[]): string {
  const centavos = amounts.reduce((sum, amount) => sum + BigInt(amount.replace(".", "")), 0n).toString()
    .padStart(3, "0");
  return `${centavos.slice(0, -2)}.${centavos.slice(-2)}`;
}
