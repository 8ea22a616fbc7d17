import type { FC } from "hono/jsx";
import { monthHref } from "./href.ts";
import type { RenderContext } from "./render_context.ts";

/** Links to the previous and next month, at the top, because the table of months is at the bottom of the page. */
export const NearbyMonths: FC<{ context: RenderContext }> = ({ context }) => {
  const { view, strings: { months: texts }, formats } = context;
  const { statements, statement } = view;
  if (statements.length <= 1) return null;
  const at = statements.findIndex(({ period }) => period === statement.period);
  // The newest month is first.
  const [before, after] = [statements[at + 1]?.period, statements[at - 1]?.period];
  return (
    <nav class="nearby" aria-label={texts.nearby}>
      {before !== undefined && <a href={monthHref(view, before)} rel="prev">← {formats.month(before)}</a>}
      {after !== undefined && <a href={monthHref(view, after)} rel="next">{formats.month(after)} →</a>}
      <a href="#months">{texts.all}</a>
    </nav>
  );
};
