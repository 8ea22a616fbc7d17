import type { FC } from "hono/jsx";
import { formatCountdown } from "../countdown.ts";
import { Contact } from "../contact.tsx";
import { DirectionMark } from "../direction_mark.tsx";
import { AsOf } from "./as_of.tsx";
import { hrefTo } from "./href.ts";
import type { RenderContext } from "./render_context.ts";

/** The section of open conversations, with the time until they close. */
export const OpenWindowsSection: FC<{ context: RenderContext }> = ({ context }) => {
  const { view, strings: { open: texts }, formats } = context;
  const { open_windows: { inbound, outbound, closes_at } } = view.balance;
  const count = inbound + outbound;
  return (
    <section id="open" aria-labelledby="open-heading">
      <h2 id="open-heading">{texts.heading}</h2>
      {count === 0 ? <p class="empty">{texts.none}</p> : (
        <p class="counts">
          <strong data-figure="open">{formats.credits(count)}</strong> {texts.open(count)}:{" "}
          <span class="nowrap">
            <DirectionMark direction="inbound" strings={context.strings} />
            <span data-figure="inbound">{formats.credits(inbound)}</span> {texts.inbound(inbound)}
          </span>,{" "}
          <span class="nowrap">
            <DirectionMark direction="outbound" strings={context.strings} />
            <span data-figure="outbound">{formats.credits(outbound)}</span> {texts.outbound(outbound)}
          </span>
        </p>
      )}
      <Countdown context={context} count={count} closes_at={closes_at} />
      {count > 0 && view.open_windows !== null && <List context={context} />}
    </section>
  );
};

/** The time until the end of the day by the service's clock. The script continues the countdown. */
const Countdown: FC<{ context: RenderContext; count: number; closes_at: string }> = (
  { context, count, closes_at },
) => {
  const { view, strings: { open: texts }, formats } = context;
  const left_ms = Math.max(0, Date.parse(closes_at) - Date.parse(view.balance.as_of));
  const time = formats.time(closes_at, view.balance.time_zone);
  return (
    <p class="countdown">
      {count === 0 ? texts.day_ends(time) : texts.all_close(count, time)}{" "}
      <time data-countdown={closes_at} datetime={closes_at}>{formatCountdown(left_ms)}</time>
    </p>
  );
};

const List: FC<{ context: RenderContext }> = ({ context }) => {
  const { view, strings, formats } = context;
  const { open: texts } = strings;
  const { data, next_cursor } = view.open_windows ?? { data: [], next_cursor: null };
  const is_unfolded = view.parameters.windows === "all";
  return (
    <>
      <div class="scroll" role="group" aria-labelledby="open-heading" tabindex={0}>
        <table class="open" aria-labelledby="open-heading">
          <thead class="unseen">
            <tr>
              <th scope="col">{texts.since}</th>
              <th scope="col">{texts.direction}</th>
              <th scope="col">{texts.contact}</th>
              <th scope="col">{strings.history.credits}</th>
            </tr>
          </thead>
          <tbody>
            {data.map(({ contact, direction, opened_at, local_date, credits }) => (
              <tr>
                <td>
                  <time datetime={opened_at}>{formats.time(opened_at, view.company.zoneOn(local_date))}</time>
                </td>
                <td>
                  <DirectionMark direction={direction} strings={strings} />
                </td>
                <td class="contact">
                  <Contact contact={contact} strings={strings} />
                </td>
                <td>{strings.credits(credits, formats.credits(credits))}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p class="more">
        <AsOf context={context} /> {is_unfolded && next_cursor !== null && `${texts.newest(data.length)} `}
        {(is_unfolded || next_cursor !== null) && (
          <a
            id="more-windows"
            href={hrefTo(
              view.parameters,
              { windows: is_unfolded ? undefined : "all", cursor: view.parameters.cursor },
              "open",
            )}
          >
            {is_unfolded ? texts.fewer : texts.more}
          </a>
        )}
      </p>
    </>
  );
};
