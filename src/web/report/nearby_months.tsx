import type { FC } from "hono/jsx";
import { monthHref } from "./href.ts";
import type { RenderContext } from "./render_context.ts";

/** The months beside the one on show, where its name is read: their table stands below all of the history. */
export const NearbyMonths: FC<{ reading: RenderContext }> = ({ reading }) => {
  const { view, strings: { months: said }, formats } = reading;
  const { statements, statement } = view;
  if (statements.length <= 1) return null;
  const at = statements.findIndex(({ period }) => period === statement.period);
  // The newest come first.
  const [before, after] = [statements[at + 1]?.period, statements[at - 1]?.period];
  return (
    <nav class="nearby" aria-label={said.nearby}>
      {before !== undefined && <a href={monthHref(view, before)} rel="prev">← {formats.month(before)}</a>}
      {after !== undefined && <a href={monthHref(view, after)} rel="next">{formats.month(after)} →</a>}
      <a href="#months">{said.all}</a>
    </nav>
  );
};
