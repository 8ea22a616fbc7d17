import type { Child, FC } from "hono/jsx";
import { Contact } from "../contact.tsx";
import { DirectionMark } from "../direction_mark.tsx";
import { csvHref, hrefTo, isFiltered, NO_FILTERS } from "./href.ts";
import { featureName, type RenderContext, shortDateText } from "./render_context.ts";
import { ReceiptPanel } from "./receipt.tsx";
import type { EntryType } from "../../domain/period.ts";
import type { Entry } from "./view.ts";

/** The filtered ledger entries, one page at a time. */
export const History: FC<{ context: RenderContext }> = ({ context }) => {
  const { view, strings: { history: texts } } = context;
  const { data, next_cursor } = view.history;
  return (
    <section id="history" aria-labelledby="history-heading">
      <header>
        <h2 id="history-heading" tabindex={-1}>{texts.heading}</h2>
        <a class="csv" href={csvHref(view)} download="">{texts.csv}</a>
      </header>
      <Filters context={context} />
      {view.receipt !== null && <ReceiptPanel context={context} receipt={view.receipt} />}
      {data.length === 0
        ? <p class="empty">{isFiltered(view.parameters) ? texts.none_filtered : texts.none}</p>
        : <Entries context={context} />}
      <nav class="pages" aria-label={texts.pages}>
        {view.parameters.cursor !== undefined &&
          <a id="newest" href={hrefTo(view.parameters, {}, "history")} rel="first">← {texts.newest}</a>}
        {next_cursor !== null && (
          <a id="older" href={hrefTo(view.parameters, { cursor: next_cursor }, "history")} rel="next">
            {texts.older} →
          </a>
        )}
      </nav>
    </section>
  );
};

const TYPES: readonly EntryType[] = ["consumption", "reversal", "grant", "expiry", "adjustment"];

/** A GET form: it works without script, and the address shows its filters. */
const Filters: FC<{ context: RenderContext }> = ({ context }) => {
  const { view, strings } = context;
  const { history: texts } = strings;
  const { parameters } = view;
  return (
    <form method="get" action="#history" class="filters" aria-label={texts.filters} data-preserve>
      {(["lang", "month", "windows"] as const).map((name) =>
        parameters[name] === undefined ? null : <input type="hidden" name={name} value={parameters[name]} />
      )}
      <Field label={texts.from}>
        <input type="date" name="from" value={parameters.from} />
      </Field>
      <Field label={texts.to}>
        <input type="date" name="to" value={parameters.to} />
      </Field>
      <Field label={texts.type}>
        <Choice
          name="type"
          chosen={parameters.type}
          any={texts.any}
          options={TYPES.map((type) => [type, strings.type_filter[type]])}
        />
      </Field>
      <Field label={texts.feature}>
        <Choice name="feature" chosen={parameters.feature} any={texts.any} options={[...view.features]} />
      </Field>
      <Field label={texts.direction}>
        <Choice
          name="direction"
          chosen={parameters.direction}
          any={texts.any_direction}
          options={Object.entries(strings.direction_filter)}
        />
      </Field>
      <label class="check">
        <input type="checkbox" name="late" value="true" checked={parameters.late === "true"} />{" "}
        {texts.only_late}
      </label>
      <button type="submit">{texts.filter}</button>
      {isFiltered(parameters) && <a href={hrefTo(parameters, NO_FILTERS, "history")}>{texts.clear}</a>}
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

const Entries: FC<{ context: RenderContext }> = ({ context }) => {
  const { view, strings: { history: texts } } = context;
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
      <tbody role="rowgroup">
        {view.history.data.map((entry) => <EntryRow context={context} entry={entry} />)}
      </tbody>
    </table>
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
        <EntryDate context={context} entry={entry} />
      </td>
      <td role="cell" class="what">
        <DirectionMark direction={entry.direction} strings={strings} />
        <a id={`open-${entry.seq}`} href={href} aria-expanded={is_open ? "true" : "false"} data-receipt>
          {entryName(context, entry)}
        </a>
        {entry.late && <abbr class="late" title={texts.late_long}>{texts.late}</abbr>}
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

/**
 * The local date of an entry, with its time if it occurred on that date. It may occur later: credits expire when the next
 * month begins, and a template may fail the day after it was sent. Date and time would then form a false instant.
 */
const EntryDate: FC<{ context: RenderContext; entry: Entry }> = ({ context, entry }) => {
  const { view, formats } = context;
  const { local_date, occurred_at } = entry;
  const time_zone = view.company.zoneOn(local_date);
  const date = shortDateText(context, local_date);
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

/** Returns the name of an entry: its feature, or its effect on the package. */
function entryName({ view, strings }: RenderContext, { type, feature }: Entry): string {
  if (feature === null) return strings.type[type];
  const name = featureName(view, feature);
  return type === "consumption" ? name : strings.of_feature(strings.type[type], name);
}
