import type { FC } from "hono/jsx";
import { isolated } from "../../domain/bidi.ts";
import type { RenderContext } from "./render_context.ts";
import { creditsIn, sumOfMoney, type UsageColumns, UsageTables } from "./usage_table.tsx";
import type { LabelRow, PageView, UsageTab } from "./view.ts";

/** The most values of a label on the page. The CSV of the usage report has all. */
const LABELS_MAX = 200;

interface LabelsProps {
  readonly context: RenderContext;
  readonly labels: NonNullable<PageView["by_label"]>;
}

/** Usage by the values of a label, largest first. */
export const LabelTable: FC<LabelsProps> = ({ context, labels: { by, rows } }) => {
  if (rows === null) return <p class="empty">{context.strings.features.busy}</p>;
  const columns = columnsOf(context, by);
  return <UsageTables context={context} columns={columns} rows={rows} listed_max={LABELS_MAX} />;
};

/** A number by its name, with Meta's id beside it. */
const NamedNumber: FC<{ name: string; id: string }> = ({ name, id }) => (
  <>
    <bdi>{name}</bdi> <small>{id}</small>
  </>
);

function columnsOf(
  { view, strings: { features: texts }, formats }: RenderContext,
  by: UsageTab,
): UsageColumns<LabelRow> {
  const { total, currency } = view.statement;
  const sumsOf = (rows: readonly LabelRow[], share: string) => [
    formats.credits(creditsIn(rows)),
    share,
    ...total === null || currency === null
      ? []
      : [formats.money(sumOfMoney(rows.map(({ amount }) => amount!)), currency)],
  ];
  return {
    heading: texts.label[by],
    headings: [texts.credits, texts.share, ...total === null ? [] : [texts.amount]],
    nameOf: ({ label }) => {
      if (label === null) return <em>{texts.without[by]}</em>;
      const name = by === "number" ? view.number_names.get(label) : undefined;
      return name === undefined ? isolated(label) : <NamedNumber name={name} id={label} />;
    },
    others_name: texts.others,
    figuresOf: (row, share) => sumsOf([row], share),
    sumsOf,
  };
}
