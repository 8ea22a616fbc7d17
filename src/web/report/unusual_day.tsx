import type { FC } from "hono/jsx";
import { isolated } from "../../domain/bidi.ts";
import { AsOf } from "./as_of.tsx";
import { featureName, type RenderContext } from "./render_context.ts";
import type { KnownForecast, PageView, UsageTab } from "./view.ts";

/** A label or number whose use today is far above its usual use. */
export interface UnusualCause {
  readonly by: UsageTab;
  readonly label: string;
  readonly consumed: number;
  /** The mean of the closed days, in whole credits. */
  readonly usual: number;
  /** When it was read: a cause is read less often than the page. */
  readonly as_of: string;
}

/** Returns the value of a label, or the name of a number that has one. */
function labelOf({ number_names }: PageView, { by, label }: UnusualCause): string {
  return by === "number" ? number_names.get(label) ?? label : label;
}

/** A note when today is far above the usual, with the feature that grew most and the label or number that explains it. */
export const UnusualDay: FC<{ context: RenderContext; today: KnownForecast["today"] }> = (
  { context, today },
) => {
  const { view, strings: { forecast: texts, features }, formats } = context;
  const { is_unusual, times, reason } = today;
  const { unusual_cause: cause } = view;
  if (!is_unusual) return null;
  return (
    <p class="note unusual">
      <strong>{times === null ? texts.unusual_new : texts.unusual(formats.times(times))}.</strong>{" "}
      {reason && texts.unusual_reason(
        featureName(view, reason.feature),
        formats.credits(reason.consumed),
        formats.credits(reason.usual),
      )} {cause && texts.unusual_cause(
        `${features.label[cause.by]} ${isolated(labelOf(view, cause))}`,
        formats.credits(cause.consumed),
        formats.time(cause.as_of, view.balance.time_zone),
        formats.credits(cause.usual),
      )}
      <AsOf context={context} />
    </p>
  );
};
