import type { FC } from "hono/jsx";
import { isolated } from "../../domain/bidi.ts";
import type { RenderContext } from "./render_context.ts";
import { AmountMethod, Cell, splitRows, sumOfMoney } from "./usage_table.tsx";
import type { LabelRow, PageView } from "./view.ts";

/** The most values of a label on the page. The CSV of the usage report has all. */
const LABELS_MAX = 200;

interface LabelsProps {
  readonly context: RenderContext;
  readonly labels: NonNullable<PageView["by_label"]>;
}

/** Usage by the values of a label, largest first. */
export const LabelTable: FC<LabelsProps> = ({ context, labels: { by, rows } }) => {
  const { strings } = context;
  const { features: texts } = strings;
  if (rows === null) return <p class="empty">{texts.busy}</p>;
  if (rows.length === 0) return <p class="empty">{strings.daily.none}</p>;
  const [shown, others] = splitRows(rows);
  const listed = others.slice(0, LABELS_MAX);
  return (
    <>
      <Rows context={context} by={by} all={rows} rows={shown} others={others} />
      {others.length > 0 && (
        <details id="features-others" class="others">
          <summary id="features-others-summary">{texts.open_others(others.length)}</summary>
          <Rows
            context={context}
            by={by}
            all={rows}
            rows={listed}
            others={others.slice(listed.length)}
            is_rest
          />
        </details>
      )}
      <AmountMethod context={context} />
    </>
  );
};

interface RowsProps {
  readonly context: RenderContext;
  readonly by: LabelsProps["labels"]["by"];
  readonly all: readonly LabelRow[];
  readonly rows: readonly LabelRow[];
  /** The rows that one row sums up. */
  readonly others: readonly LabelRow[];
  /** Whether the table continues another, which has the headings and the total. */
  readonly is_rest?: boolean;
}

const Rows: FC<RowsProps> = ({ context, by, all, rows, others, is_rest = false }) => {
  const { view, strings } = context;
  const { features: texts } = strings;
  return (
    <table
      class="features"
      role="table"
      aria-labelledby={is_rest ? "features-heading features-others-summary" : "features-heading"}
    >
      <thead role="rowgroup" class={is_rest ? "unseen" : undefined}>
        <tr role="row">
          <th scope="col" role="columnheader">{texts.label[by]}</th>
          <th scope="col" role="columnheader">{texts.credits}</th>
          <th scope="col" role="columnheader">{texts.share}</th>
          {view.statement.total !== null && <th scope="col" role="columnheader">{texts.amount}</th>}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {rows.map((row) => (
          <tr role="row">
            <th scope="row" role="rowheader">
              {row.label === null ? <em>{texts.without[by]}</em> : isolated(row.label)}
            </th>
            <Figures context={context} rows={[row]} all={all} />
          </tr>
        ))}
        {others.length > 0 && (
          <tr role="row" class="rest">
            <th scope="row" role="rowheader">{texts.others}</th>
            <Figures context={context} rows={others} all={all} />
          </tr>
        )}
      </tbody>
      {!is_rest && (
        <tfoot role="rowgroup">
          <tr role="row">
            <th scope="row" role="rowheader">{strings.daily.total}</th>
            <Figures context={context} rows={all} all={all} />
          </tr>
        </tfoot>
      )}
    </table>
  );
};

const Figures: FC<Pick<RowsProps, "context" | "rows" | "all">> = ({ context, rows, all }) => {
  const { view: { statement: { total, currency } }, strings: { features: texts }, formats } = context;
  const credits = sumOf(rows);
  return (
    <>
      <Cell label={texts.credits}>{formats.credits(credits)}</Cell>
      <Cell label={texts.share}>{formats.share(credits, sumOf(all))}</Cell>
      {total !== null && currency !== null && (
        <Cell label={texts.amount}>
          {formats.money(sumOfMoney(rows.map(({ amount }) => amount!)), currency)}
        </Cell>
      )}
    </>
  );
};

function sumOf(rows: readonly LabelRow[]): number {
  return rows.reduce((sum, { credits }) => sum + credits, 0);
}
