import type { Child, FC } from "hono/jsx";
import { Contact } from "../contact.tsx";
import { DirectionMark } from "../direction_mark.tsx";
import { csvHref, hrefTo, isFiltered, NO_FILTERS } from "./href.ts";
import { featureName, type RenderContext, shortDateText } from "./render_context.ts";
import { ReceiptPanel } from "./receipt.tsx";
import type { Entry, EntryType } from "./view.ts";

/** Every entry of the ledger that the filters leave, a page at a time. */
export const History: FC<{ reading: RenderContext }> = ({ reading }) => {
  const { view, strings: { history: said } } = reading;
  const { data, next_cursor } = view.history;
  return (
    <section id="history" aria-labelledby="history-heading">
      <header>
        <h2 id="history-heading" tabindex={-1}>{said.heading}</h2>
        <a class="csv" href={csvHref(view.parameters)} download="">{said.csv}</a>
      </header>
      <Filters reading={reading} />
      {/* Newer entries may have moved it off this page, or a filter hides it: whoever opened it still reads it. */}
      {view.receipt !== null && !data.some(({ seq }) => seq === view.receipt?.seq) &&
        <ReceiptPanel reading={reading} receipt={view.receipt} />}
      {data.length === 0
        ? <p class="empty">{isFiltered(view.parameters) ? said.none_filtered : said.none}</p>
        : <Entries reading={reading} />}
      <nav class="pages" aria-label={said.pages}>
        {view.parameters.cursor !== undefined &&
          <a id="newest" href={hrefTo(view.parameters, {}, "history")} rel="first">← {said.newest}</a>}
        {next_cursor !== null && (
          <a id="older" href={hrefTo(view.parameters, { cursor: next_cursor }, "history")} rel="next">
            {said.older} →
          </a>
        )}
      </nav>
    </section>
  );
};

const TYPES: readonly EntryType[] = ["consumption", "reversal", "grant", "expiry", "adjustment"];

/** A plain form: it works without script, and what it asks for stands in the address. */
const Filters: FC<{ reading: RenderContext }> = ({ reading }) => {
  const { view, strings } = reading;
  const { history: said } = strings;
  const { parameters } = view;
  return (
    <form method="get" action="#history" class="filters" aria-label={said.filters} data-still>
      {(["company", "lang", "month", "windows"] as const).map((name) =>
        parameters[name] === undefined ? null : <input type="hidden" name={name} value={parameters[name]} />
      )}
      <Field label={said.from}>
        <input type="date" name="from" value={parameters.from} />
      </Field>
      <Field label={said.to}>
        <input type="date" name="to" value={parameters.to} />
      </Field>
      <Field label={said.type}>
        <Choice
          name="type"
          chosen={parameters.type}
          any={said.any}
          options={TYPES.map((type) => [type, strings.type_filter[type]])}
        />
      </Field>
      <Field label={said.feature}>
        <Choice name="feature" chosen={parameters.feature} any={said.any} options={[...view.features]} />
      </Field>
      <Field label={said.direction}>
        <Choice
          name="direction"
          chosen={parameters.direction}
          any={said.any_direction}
          options={Object.entries(strings.direction_filter)}
        />
      </Field>
      <label class="check">
        <input type="checkbox" name="late" value="true" checked={parameters.late === "true"} />{" "}
        {said.only_late}
      </label>
      <button type="submit">{said.filter}</button>
      {isFiltered(parameters) && <a href={hrefTo(parameters, NO_FILTERS, "history")}>{said.clear}</a>}
    </form>
  );
};

const Field: FC<{ label: string; children: Child }> = ({ label, children }) => (
  <label>
    <span>{label}</span>
    {children}
  </label>
);

interface ChoiceProps {
  readonly name: string;
  readonly chosen: string | undefined;
  readonly any: string;
  readonly options: readonly (readonly [value: string, text: string])[];
}

const Choice: FC<ChoiceProps> = ({ name, chosen, any, options }) => (
  <select name={name}>
    <option value="">{any}</option>
    {chosen !== undefined && !options.some(([value]) => value === chosen) &&
      <option value={chosen} selected>{chosen}</option>}
    {options.map(([value, text]) => <option value={value} selected={value === chosen}>{text}</option>)}
  </select>
);

const Entries: FC<{ reading: RenderContext }> = ({ reading }) => {
  const { view, strings: { history: said } } = reading;
  return (
    <table class="entries" role="table" aria-labelledby="history-heading">
      <thead role="rowgroup">
        <tr role="row">
          <th scope="col" role="columnheader">{said.when}</th>
          <th scope="col" role="columnheader">{said.what}</th>
          <th scope="col" role="columnheader">{said.contact}</th>
          <th scope="col" role="columnheader">{said.credits}</th>
          <th scope="col" role="columnheader">{said.after}</th>
        </tr>
      </thead>
      <tbody role="rowgroup">
        {view.history.data.map((entry) => (
          <>
            <EntryRow reading={reading} entry={entry} />
            {view.receipt?.seq === entry.seq && (
              <tr role="row" class="receipt-row" id={`receipt-${entry.seq}`}>
                <td role="cell" colspan={5}>
                  <ReceiptPanel reading={reading} receipt={view.receipt} />
                </td>
              </tr>
            )}
          </>
        ))}
      </tbody>
    </table>
  );
};

const EntryRow: FC<{ reading: RenderContext; entry: Entry }> = ({ reading, entry }) => {
  const { view, strings, formats } = reading;
  const { history: said } = strings;
  const is_open = view.receipt?.seq === entry.seq;
  const place = `entry-${entry.seq}`;
  const href = hrefTo(
    view.parameters,
    { cursor: view.parameters.cursor, entry: is_open ? undefined : String(entry.seq) },
    place,
  );
  return (
    <tr role="row" id={place} class={is_open ? "is-open" : undefined}>
      <td role="cell" class="when">
        <EntryDate reading={reading} entry={entry} />
      </td>
      <td role="cell" class="what">
        <DirectionMark direction={entry.direction} strings={strings} />
        <a id={`open-${entry.seq}`} href={href} aria-expanded={is_open ? "true" : "false"} data-receipt>
          {entryName(reading, entry)}
        </a>
        {entry.late && <abbr class="late" title={said.late_long}>{said.late}</abbr>}
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
            <abbr title={said.after_excess_long(formats.credits(entry.excess_after))}>
              {said.after_excess(formats.credits(entry.excess_after))}
            </abbr>
          )
          : formats.credits(entry.available_after)}
      </td>
    </tr>
  );
};

/**
 * The date an entry belongs to, with the time of day where that is the date it came about on: what a month left expires
 * as the next one begins, and a template may fail the day after it left. Both together would be an instant that never was.
 */
const EntryDate: FC<{ reading: RenderContext; entry: Entry }> = ({ reading, entry }) => {
  const { view, formats } = reading;
  const { local_date, occurred_at } = entry;
  const time_zone = view.company.zoneOn(local_date);
  const date = shortDateText(reading, local_date);
  if (dateIn(time_zone, occurred_at) !== local_date) return <>{date}</>;
  return (
    <>
      {date} <time datetime={occurred_at}>{formats.time(occurred_at, time_zone)}</time>
    </>
  );
};

function dateIn(time_zone: string, instant: string): string {
  return Temporal.Instant.from(instant).toZonedDateTimeISO(time_zone).toPlainDate().toString();
}

/** What an entry is called: by its feature, or by what it did to the package. */
function entryName({ view, strings }: RenderContext, { type, feature }: Entry): string {
  if (feature === null) return strings.type[type];
  const name = featureName(view, feature);
  return type === "consumption" ? name : strings.of_feature(strings.type[type], name);
}
