import type { FC } from "hono/jsx";
import { isOpenMonth, type RenderContext } from "./render_context.ts";

/**
 * When the numbers of a part were read. The stylesheet shows it while the live numbers are of a newer version; otherwise it
 * is no text of the page.
 */
export const AsOf: FC<{ context: RenderContext }> = ({ context: { view, strings, formats } }) => {
  if (!isOpenMonth(view)) return null;
  const { as_of, time_zone } = view.balance;
  return (
    <>
      {" "}
      <small class="as-of" data-text={strings.as_of(formats.exactTime(as_of, time_zone))} />
    </>
  );
};
