import type { FC } from "hono/jsx";
import { filtersOf } from "../charts/daily_chart.tsx";
import { Swatch } from "../charts/patterns.tsx";
import { seriesOf } from "../charts/series.ts";
import { changeText } from "./change.ts";
import { hrefTo, NO_FILTERS } from "./href.ts";
import { LabelTable } from "./labels.tsx";
import { featureName, type RenderContext } from "./render_context.ts";
import { AmountMethod, Cell, splitRows, sumOfMoney } from "./usage_table.tsx";
import type { FeatureUsage, UsageTab } from "./view.ts";

const TABS = [
  undefined,
  "department",
  "campaign",
  "number",
] as const satisfies readonly (UsageTab | undefined)[];

/** The section of usage by feature or by label, with a tab for each. */
export const UsageSection: FC<{ context: RenderContext }> = ({ context }) => {
  const { view, strings } = context;
  const { features: texts } = strings;
  const by = view.by_label?.by;
  return (
    <section id="features" aria-labelledby="features-heading">
      <header>
        <h2 id="features-heading">{by === undefined ? texts.heading : texts.heading_by[by]}</h2>
        <nav class="tabs" aria-label={texts.tabs}>
          {TABS.map((tab) => (
            <a
              id={`by-${tab ?? "feature"}`}
              href={hrefTo(view.parameters, {
                by: tab,
                cursor: view.parameters.cursor,
                entry: view.parameters.entry,
              }, "features")}
              aria-current={tab === by ? "true" : undefined}
            >
              {tab === undefined ? texts.feature : texts.label[tab]}
            </a>
          ))}
        </nav>
      </header>
      {view.by_label === null
        ? <FeatureTables context={context} />
        : <LabelTable context={context} labels={view.by_label} />}
    </section>
  );
};

const FeatureTables: FC<{ context: RenderContext }> = ({ context }) => {
  const { view, strings, formats } = context;
  const { features: texts } = strings;
  const { rows, compared } = view.by_feature;
  if (rows.length === 0) return <p class="empty">{strings.daily.none}</p>;
  const [shown, others] = splitRows(rows);
  return (
    <>
      <FeatureTable context={context} rows={shown} others={others} total={rows} />
      {others.length > 0 && (
        <details id="features-others" class="others">
          <summary id="features-others-summary">{texts.open_others(others.length)}</summary>
          <FeatureTable context={context} rows={others} others={[]} />
        </details>
      )}
      <AmountMethod context={context} />
      {compared !== null && (
        <p class="note">
          {texts.compared(formats.date(compared.from), formats.date(compared.to))}
        </p>
      )}
    </>
  );
};

interface TableProps {
  readonly context: RenderContext;
  readonly rows: readonly FeatureUsage[];
  /** The rows that one row sums up. */
  readonly others: readonly FeatureUsage[];
  /** All rows, for the total. Undefined in the table of the others. */
  readonly total?: readonly FeatureUsage[];
}

const FeatureTable: FC<TableProps> = ({ context, rows, others, total }) => {
  const { view, strings } = context;
  const { features: texts } = strings;
  const patterns = new Map(seriesOf(view.usage).map(({ key, pattern }) => [key, pattern]));
  return (
    <table
      class="features"
      role="table"
      aria-labelledby={total === undefined ? "features-heading features-others-summary" : "features-heading"}
    >
      <thead role="rowgroup" class={total === undefined ? "unseen" : undefined}>
        <tr role="row">
          <th scope="col" role="columnheader">{texts.feature}</th>
          {headingsOf(context).map((heading) => <th scope="col" role="columnheader">{heading}</th>)}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {rows.map((row) => (
          <tr role="row">
            <th scope="row" role="rowheader">
              <Swatch pattern={patterns.get(`${row.feature} ${row.direction}`) ?? "rest"} />{" "}
              <a href={hrefTo({ ...view.parameters, ...NO_FILTERS }, featureFilter(row), "history")}>
                {featureName(view, row.feature)}
              </a>
            </th>
            <Figures context={context} rows={[row]} units={row.units} />
          </tr>
        ))}
        {others.length > 0 && (
          <tr role="row" class="rest">
            <th scope="row" role="rowheader">
              <Swatch pattern="rest" /> {texts.others}
            </th>
            <Figures context={context} rows={others} />
          </tr>
        )}
      </tbody>
      {total && (
        <tfoot role="rowgroup">
          <tr role="row">
            <th scope="row" role="rowheader">{strings.daily.total}</th>
            <Figures context={context} rows={total} />
          </tr>
        </tfoot>
      )}
    </table>
  );
};

function featureFilter({ feature, direction }: FeatureUsage) {
  return filtersOf(undefined, { key: "", feature, direction, pattern: "rest", units: 0, credits: 0 });
}

/** Returns the headings of the figures. The amount and the change are absent on a page that cannot have them. */
function headingsOf({ view, strings: { features: texts }, formats }: RenderContext): string[] {
  const { compared } = view.by_feature;
  return [
    texts.units,
    texts.credits,
    texts.share,
    ...view.statement.total === null ? [] : [texts.amount],
    ...compared === null ? [] : [texts.change(formats.month(compared.from.slice(0, 7)).split(" ")[0]!)],
  ];
}

interface FiguresProps {
  readonly context: RenderContext;
  readonly rows: readonly FeatureUsage[];
  /** Undefined for a sum: units of different features cannot be added. */
  readonly units?: number;
}

/** The cells of one row, which sums up one feature or more. */
const Figures: FC<FiguresProps> = ({ context, rows, units }) => {
  const { view, strings: { features: texts }, formats } = context;
  const { currency } = view.statement;
  const credits = sumOf(rows.map(({ credits }) => credits));
  const all = sumOf(view.by_feature.rows.map(({ credits }) => credits));
  const headings = headingsOf(context);
  const cells = [
    units === undefined ? "" : formats.credits(units),
    formats.credits(credits),
    formats.share(credits, all),
    ...view.statement.total === null || currency === null ? [] : [
      rows[0]?.amount === null ? "–" : formats.money(sumOfMoney(rows.map(({ amount }) => amount!)), currency),
    ],
    ...view.by_feature.compared === null ? [] : [
      changeText(
        sumOf(rows.map(({ compared }) => compared?.credits ?? 0)),
        sumOf(rows.map(({ compared }) => compared?.before ?? 0)),
        formats.locale,
        texts.new,
      ),
    ],
  ];
  return <>{cells.map((cell, i) => <Cell label={headings[i]!}>{cell}</Cell>)}</>;
};

function sumOf(amounts: readonly number[]): number {
  return amounts.reduce((sum, amount) => sum + amount, 0);
}
