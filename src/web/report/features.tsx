import type { FC } from "hono/jsx";
import { filtersOf } from "../charts/daily_chart.tsx";
import { Swatch } from "../charts/patterns.tsx";
import { seriesOf } from "../charts/series.ts";
import { AsOf } from "./as_of.tsx";
import { changeText } from "./change.ts";
import { hrefTo, NO_FILTERS } from "./href.ts";
import { LabelTable } from "./labels.tsx";
import { featureName, type RenderContext } from "./render_context.ts";
import { creditsIn, sumOfMoney, type UsageColumns, UsageTables } from "./usage_table.tsx";
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
        <h2 id="features-heading">
          {by === undefined ? texts.heading : texts.heading_by[by]}
          <AsOf context={context} />
        </h2>
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
  const { view: { by_feature: { rows, compared } }, strings: { features: texts }, formats } = context;
  return (
    <>
      <UsageTables context={context} columns={columnsOf(context)} rows={rows} />
      {rows.length > 0 && compared !== null && (
        <p class="note">
          {texts.compared(formats.date(compared.from), formats.date(compared.to))}
        </p>
      )}
    </>
  );
};

/** The amount and the change are absent on a page that cannot have them. */
function columnsOf(
  { view, strings: { features: texts }, formats }: RenderContext,
): UsageColumns<FeatureUsage> {
  const { by_feature: { compared }, statement: { total, currency } } = view;
  const patterns = new Map(seriesOf(view.usage).map(({ key, pattern }) => [key, pattern]));
  const figuresOf = (rows: readonly FeatureUsage[], units: string, share: string) => [
    units,
    formats.credits(creditsIn(rows)),
    share,
    ...total === null || currency === null ? [] : [
      rows[0]?.amount === null ? "–" : formats.money(sumOfMoney(rows.map(({ amount }) => amount!)), currency),
    ],
    ...compared === null ? [] : [
      changeText(
        sumOf(rows.map(({ compared }) => compared?.credits ?? 0)),
        sumOf(rows.map(({ compared }) => compared?.before ?? 0)),
        formats,
        texts.new,
      ),
    ],
  ];
  return {
    heading: texts.feature,
    headings: [
      texts.units,
      texts.credits,
      texts.share,
      ...total === null ? [] : [texts.amount],
      ...compared === null ? [] : [texts.change(formats.month(compared.from.slice(0, 7)).split(" ")[0]!)],
    ],
    nameOf: (row) => (
      <>
        <Swatch pattern={patterns.get(`${row.feature} ${row.direction}`) ?? "rest"} />{" "}
        <a href={hrefTo({ ...view.parameters, ...NO_FILTERS }, featureFilter(row), "history")}>
          {featureName(view, row.feature)}
        </a>
      </>
    ),
    others_name: (
      <>
        <Swatch pattern="rest" /> {texts.others}
      </>
    ),
    figuresOf: (row, share) => figuresOf([row], formats.credits(row.units), share),
    // Units of different features cannot be added.
    sumsOf: (rows, share) => figuresOf(rows, "", share),
  };
}

function featureFilter({ feature, direction }: FeatureUsage) {
  return filtersOf(undefined, { key: "", feature, direction, pattern: "rest", units: 0, credits: 0 });
}

function sumOf(amounts: readonly number[]): number {
  return amounts.reduce((sum, amount) => sum + amount, 0);
}
