import type { FC } from "hono/jsx";
import { Contact } from "../contact.tsx";
import { DirectionMark } from "../direction_mark.tsx";
import { hrefTo } from "./href.ts";
import { featureName, type RenderContext, shortDateText } from "./render_context.ts";
import type { Strings } from "../strings/strings.ts";
import type { Entry } from "./view.ts";

/** The entries of a page of the history, by date. Each date has a row with its sum. */
export const HistoryTable: FC<{ context: RenderContext }> = ({ context }) => {
  const { view, strings: { history: texts } } = context;
  const by_date = Map.groupBy(view.history.data, ({ local_date }) => local_date);
  return (
    <table class="entries" role="table" aria-labelledby="history-heading">
      <thead role="rowgroup">
        <tr role="row">
          <th scope="col" role="columnheader">{texts.when}</th>
          <th scope="col" role="columnheader">{texts.what}</th>
          <th scope="col" role="columnheader">{texts.contact}</th>
          <th scope="col" role="columnheader">{texts.credits}</th>
          <th scope="col" role="columnheader">{texts.after}</th>
        </tr>
      </thead>
      {[...by_date].map(([date, entries]) => <Day context={context} date={date} entries={entries} />)}
    </table>
  );
};

const Day: FC<{ context: RenderContext; date: string; entries: readonly Entry[] }> = (
  { context, date, entries },
) => {
  const { view, strings: { history: texts }, formats } = context;
  const day = view.history.days.find(({ local_date }) => local_date === date);
  return (
    <tbody role="rowgroup">
      {day && (
        <tr role="row" class="day" id={`day-${date}`}>
          <th scope="rowgroup" role="rowheader" colspan={3}>
            {shortDateText(context, date)}{" "}
            <small>
              {entries.length < day.entries
                ? texts.entries_of(formats.credits(entries.length), formats.credits(day.entries))
                : texts.entries(day.entries, formats.credits(day.entries))}
            </small>
          </th>
          <td role="cell" class="amount">{formats.signed(day.credits)}</td>
          <td role="cell"></td>
        </tr>
      )}
      {entries.map((entry) => <EntryRow context={context} entry={entry} />)}
    </tbody>
  );
};

const EntryRow: FC<{ context: RenderContext; entry: Entry }> = ({ context, entry }) => {
  const { view, strings, formats } = context;
  const { history: texts } = strings;
  const is_open = view.receipt?.seq === entry.seq;
  const id = `entry-${entry.seq}`;
  const href = hrefTo(
    view.parameters,
    { cursor: view.parameters.cursor, entry: is_open ? undefined : String(entry.seq) },
    id,
  );
  return (
    <tr role="row" id={id} class={is_open ? "is-open" : undefined}>
      <td role="cell" class="when">
        <EntryTime context={context} entry={entry} />
      </td>
      <td role="cell" class="what">
        <DirectionMark direction={entry.direction} strings={strings} />
        <a id={`open-${entry.seq}`} href={href} aria-expanded={is_open ? "true" : "false"} data-receipt>
          {entryName(context, entry)}
        </a>
        {entry.late && <LateMark entry={entry} texts={texts} />}
      </td>
      <td role="cell" class="contact">
        {entry.window !== null && <Contact contact={entry.window.contact} strings={strings} />}
      </td>
      <td role="cell" class={entry.credits > 0 ? "amount back" : "amount"}>
        {formats.signed(entry.credits)}
      </td>
      <td role="cell" class="after">
        {entry.excess_after > 0
          ? (
            <abbr title={texts.after_excess_long(formats.credits(entry.excess_after))}>
              {texts.after_excess(formats.credits(entry.excess_after))}
            </abbr>
          )
          : formats.credits(entry.available_after)}
      </td>
    </tr>
  );
};

/** Says whether the entry was recorded after its month was closed, or after its date only. */
const LateMark: FC<{ entry: Entry; texts: Strings["history"] }> = ({ entry: { after_close }, texts }) => (
  <abbr class="late" title={after_close ? texts.after_close_long : texts.late_long}>
    {after_close ? texts.after_close : texts.late}
  </abbr>
);

/**
 * The time of an entry. It may occur after its date: credits expire when the next month begins, and a template may fail
 * the day after it was sent. The time then has its own date.
 */
const EntryTime: FC<{ context: RenderContext; entry: Entry }> = ({ context, entry }) => {
  const { view, formats } = context;
  const { local_date, occurred_at } = entry;
  const time_zone = view.company.zoneOn(local_date);
  const is_of_its_date = dateIn(time_zone, occurred_at) === local_date;
  const format = is_of_its_date ? formats.time : formats.shortInstant;
  return <time datetime={occurred_at}>{format(occurred_at, time_zone)}</time>;
};

function dateIn(time_zone: string, instant: string): string {
  return Temporal.Instant.from(instant).toZonedDateTimeISO(time_zone).toPlainDate().toString();
}

/** Returns the name of an entry: its feature, or its effect on the package. */
function entryName({ view, strings }: RenderContext, { type, feature }: Entry): string {
  if (feature === null) return strings.type[type];
  const name = featureName(view, feature);
  return type === "consumption" ? name : strings.of_feature(strings.type[type], name);
}
