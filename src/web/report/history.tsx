import type { Child, FC } from "hono/jsx";
import { AsOf } from "./as_of.tsx";
import { csvHref, hrefTo, isFiltered, NO_FILTERS } from "./href.ts";
import { HistoryTable } from "./history_table.tsx";
import type { RenderContext } from "./render_context.ts";
import { ReceiptPanel } from "./receipt.tsx";
import type { EntryType } from "../../domain/period.ts";

/** The filtered ledger entries of a month or of dates, one page at a time. */
export const History: FC<{ context: RenderContext }> = ({ context }) => {
  const { view, strings: { history: texts }, formats } = context;
  const { data, next_cursor } = view.history;
  const has_dates = view.parameters.from !== undefined || view.parameters.to !== undefined;
  return (
    <section
      id="history"
      class={view.search === null ? undefined : "searched"}
      aria-labelledby="history-heading"
    >
      <header>
        <h2 id="history-heading" tabindex={-1}>
          {texts.heading} {!has_dates && <span class="month">{formats.month(view.statement.period)}</span>}
          <AsOf context={context} />
        </h2>
        {!isUnreadable(view) && <a class="csv" href={csvHref(view)} download="">{texts.csv}</a>}
      </header>
      <Filters context={context} />
      {view.search !== null && data.length > 0 && (
        <p class="found">
          {texts.found[view.search.by]} <bdi>{view.parameters.search}</bdi>
        </p>
      )}
      {view.parameters.after_close === "true" && data.length > 0 && (
        <p class="note">{texts.after_close_note}</p>
      )}
      {view.receipt !== null && <ReceiptPanel context={context} receipt={view.receipt} />}
      {data.length === 0 ? <NoEntries context={context} /> : <HistoryTable context={context} />}
      {data.length > 0 && <p class="note">{texts.order}</p>}
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

/** Reports whether the text of a search is neither a phone nor the id of a message with entries. */
function isUnreadable({ search, history }: RenderContext["view"]): boolean {
  return search !== null && search.error !== null && history.data.length === 0;
}

/** Says why there are no entries. */
const NoEntries: FC<{ context: RenderContext }> = ({ context }) => {
  const { view, strings: { history: texts } } = context;
  const { parameters, search } = view;
  if (search === null) {
    return <p class="empty">{isFiltered(parameters) ? texts.none_filtered : texts.none}</p>;
  }
  return (
    <div id="not-found" role="status">
      <p>
        {search.error === null ? texts.none_found[search.by] : texts.search_errors[search.error]}{" "}
        <bdi>{parameters.search}</bdi>
      </p>
      <p class="note">{search.error === null ? texts.search_scope[search.by] : texts.search_help}</p>
    </div>
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
      {(["lang", "month", "windows", "by"] as const).map((name) =>
        parameters[name] === undefined ? null : <input type="hidden" name={name} value={parameters[name]} />
      )}
      {view.sees_contacts && <SearchField context={context} />}
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
      <label class="check">
        <input
          type="checkbox"
          name="after_close"
          value="true"
          checked={parameters.after_close === "true"}
        />{" "}
        {texts.only_after_close}
      </label>
      <button type="submit">{texts.filter}</button>
      {isFiltered(parameters) && <a href={hrefTo(parameters, NO_FILTERS, "history")}>{texts.clear}</a>}
    </form>
  );
};

/** Longest text of a search: the longest message id. */
const SEARCH_MAX = 256;

/** The search of a reader who sees contacts in full. */
const SearchField: FC<{ context: RenderContext }> = ({ context: { view, strings: { history: texts } } }) => {
  const not_found = isUnreadable(view) ? { "aria-invalid": "true", "aria-describedby": "not-found" } : {};
  return (
    <label class="search">
      <span>{texts.search}</span>
      <input
        type="search"
        name="search"
        value={view.parameters.search}
        maxlength={SEARCH_MAX}
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        {...not_found}
      />
    </label>
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
