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

function columnsOf(
  { view: { statement: { total, currency } }, strings: { features: texts }, formats }: RenderContext,
  by: UsageTab,
): UsageColumns<LabelRow> {
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
    nameOf: ({ label }) => label === null ? <em>{texts.without[by]}</em> : isolated(label),
    others_name: texts.others,
    figuresOf: (row, share) => sumsOf([row], share),
    sumsOf,
  };
}
