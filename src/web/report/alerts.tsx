import type { FC } from "hono/jsx";
import { dateText, isOpenMonth, type RenderContext } from "./render_context.ts";
import type { AlertView } from "./view.ts";

/** The newest alerts of the current month, each with its time. */
export const Alerts: FC<{ context: RenderContext }> = ({ context }) => {
  const { view, strings: { alerts: texts }, formats } = context;
  const { alerts, balance } = view;
  if (!isOpenMonth(view) || alerts.length === 0) return null;
  return (
    <section id="alerts" aria-labelledby="alerts-heading">
      <h2 id="alerts-heading">{texts.heading}</h2>
      <ul>
        {alerts.map((alert) => (
          <li id={alert.id}>
            <time datetime={alert.raised_at}>{formats.shortInstant(alert.raised_at, balance.time_zone)}</time>
            {" "}
            <span>{sentenceOf(context, alert)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
};

/** Says what an alert is about, as of its time. */
function sentenceOf(context: RenderContext, { type, data }: AlertView): string {
  const { strings: { alerts: texts, credits }, formats } = context;
  switch (type) {
    case "package.nearly_used":
      return "used_percent" in data.threshold
        ? texts.share_used(
          formats.share(data.threshold.used_percent, 100),
          credits(data.granted, formats.credits(data.granted)),
        )
        : texts.left(data.available, credits(data.available, formats.credits(data.available)));
    case "package.used_up":
      return texts.used_up(credits(data.granted, formats.credits(data.granted)));
    case "forecast.runs_out":
      return texts.runs_out(dateText(context, data.runs_out_on));
    case "usage.spike":
      return texts.spike(
        dateText(context, data.date),
        credits(data.consumed, formats.credits(data.consumed)),
        formats.credits(data.usual),
      );
    case "commitment.ending":
      return texts.commitment(dateText(context, data.ends_on));
  }
}
