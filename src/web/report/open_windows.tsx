import type { FC } from "hono/jsx";
import { formatCountdown } from "../countdown.ts";
import { Contact } from "../contact.tsx";
import { DirectionMark } from "../direction_mark.tsx";
import { hrefTo } from "./href.ts";
import type { RenderContext } from "./render_context.ts";

/** The conversations that are open, and how long until all of them close. */
export const OpenWindowsSection: FC<{ reading: RenderContext }> = ({ reading }) => {
  const { view, strings: { open: said }, formats } = reading;
  const { open_windows: { inbound, outbound, closes_at } } = view.balance;
  const count = inbound + outbound;
  return (
    <section id="open" aria-labelledby="open-heading">
      <h2 id="open-heading">{said.heading}</h2>
      {count === 0 ? <p class="empty">{said.none}</p> : (
        <p class="counts">
          <strong data-figure="open">{formats.credits(count)}</strong> {said.open(count)}:{" "}
          <span class="nowrap">
            <DirectionMark direction="inbound" strings={reading.strings} />
            <span data-figure="inbound">{formats.credits(inbound)}</span> {said.inbound(inbound)}
          </span>,{" "}
          <span class="nowrap">
            <DirectionMark direction="outbound" strings={reading.strings} />
            <span data-figure="outbound">{formats.credits(outbound)}</span> {said.outbound(outbound)}
          </span>
        </p>
      )}
      <Countdown reading={reading} count={count} closes_at={closes_at} />
      {count > 0 && view.open_windows !== null && <List reading={reading} />}
    </section>
  );
};

/** How long the day has left, by the service's own clock; the script in the page goes on counting. */
const Countdown: FC<{ reading: RenderContext; count: number; closes_at: string }> = (
  { reading, count, closes_at },
) => {
  const { view, strings: { open: said }, formats } = reading;
  const left_ms = Math.max(0, Date.parse(closes_at) - Date.parse(view.balance.as_of));
  const time = formats.time(closes_at, view.balance.time_zone);
  return (
    <p class="countdown">
      {count === 0 ? said.day_ends(time) : said.all_close(count, time)}{" "}
      <time data-countdown={closes_at} datetime={closes_at}>{formatCountdown(left_ms)}</time>
    </p>
  );
};

const List: FC<{ reading: RenderContext }> = ({ reading }) => {
  const { view, strings, formats } = reading;
  const { open: said } = strings;
  const { data, next_cursor } = view.open_windows ?? { data: [], next_cursor: null };
  const is_unfolded = view.parameters.windows === "all";
  return (
    <>
      <table class="open" aria-labelledby="open-heading">
        <thead class="unseen">
          <tr>
            <th scope="col">{said.since}</th>
            <th scope="col">{said.direction}</th>
            <th scope="col">{said.contact}</th>
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
      <p class="more">
        {is_unfolded && next_cursor !== null && `${said.newest(data.length)} `}
        {(is_unfolded || next_cursor !== null) && (
          <a
            id="more-windows"
            href={hrefTo(
              view.parameters,
              { windows: is_unfolded ? undefined : "all", cursor: view.parameters.cursor },
              "open",
            )}
          >
            {is_unfolded ? said.fewer : said.more}
          </a>
        )}
      </p>
    </>
  );
};
