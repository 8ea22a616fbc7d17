/**
 * Formats numbers, money, dates and times for a company's locale with `Intl`. The server and the page's script format a
 * value alike.
 */

/** The formatters of one locale. */
export interface Formats {
  readonly locale: string;
  /** `1.500`. */
  credits(amount: number): string;
  /** A number on an axis up to `highest`: `1.500`, or `2,5 mi` from a million on. */
  onAxis(amount: number, highest: number): string;
  /** Credits with a sign, also when positive. */
  signed(amount: number): string;
  /** A share as {@link shownPerCent} rounds it: `14%`, or `99,6%`. Below 0.1% it is `<0,1%`. */
  share(part: number, whole: number): string;
  /** A change with its sign: `+14%`, rounded as a share. Only use that ended is -100%, and only use that doubled +100%. */
  change(now: number, before: number): string;
  /** A multiple: `14×`, or `3,5×` below ten. */
  times(ratio: number): string;
  /** Money from a decimal string, without conversion to a float. */
  money(amount: string, currency: string): string;
  /** Money with a sign, also when positive. */
  signedMoney(amount: string, currency: string): string;
  /** `25 de novembro`. */
  date(date: string): string;
  /** `25 de novembro de 2026`. */
  longDate(date: string): string;
  /** `25 de nov. de 2026`. */
  mediumDate(date: string): string;
  /** `25 de nov.`. */
  shortDate(date: string): string;
  /** `novembro de 2026`. */
  month(month: string): string;
  /** `25 de novembro de 2026, 14:32`, in a time zone. */
  instant(instant: string, time_zone: string): string;
  /** `25 de nov., 14:32`, in a time zone. */
  shortInstant(instant: string, time_zone: string): string;
  /** `14:32:05`, in a time zone. */
  exactTime(instant: string, time_zone: string): string;
  /** `14:32`, in a time zone. */
  time(instant: string, time_zone: string): string;
}

/**
 * Returns the formatters of a locale. They are expensive to create, so they are cached.
 *
 * @param locale a BCP 47 tag that `Intl` knows
 */
export function formatsIn(locale: string): Formats {
  return cached(FORMATS, locale, () => createFormats(locale));
}

const FORMATS = new Map<string, Formats>();
const MONEY = new Map<string, Intl.NumberFormat>();
const TIMES = new Map<string, Intl.DateTimeFormat>();
const CACHE_SIZE_MAX = 64;

function cached<T>(known: Map<string, T>, key: string, create: () => T): T {
  const found = known.get(key);
  if (found !== undefined) return found;
  if (known.size >= CACHE_SIZE_MAX) known.clear();
  const created = create();
  known.set(key, created);
  return created;
}

function createFormats(locale: string): Formats {
  const number = new Intl.NumberFormat(locale);
  const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
  const compact = new Intl.NumberFormat(locale, { notation: "compact", maximumFractionDigits: 2 });
  const signed = new Intl.NumberFormat(locale, { signDisplay: "exceptZero" });
  const per_cent = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 1 });
  const signed_per_cent = new Intl.NumberFormat(locale, {
    style: "percent",
    maximumFractionDigits: 1,
    signDisplay: "exceptZero",
  });
  const dated = (options: Intl.DateTimeFormatOptions) => {
    const format = new Intl.DateTimeFormat(locale, { ...options, timeZone: "UTC" });
    return (date: string) => format.format(Date.parse(`${date}T00:00:00Z`));
  };
  const month = dated({ month: "long", year: "numeric" });
  return {
    locale,
    credits: (amount) => number.format(amount),
    onAxis: (amount, highest) => (highest < 1_000_000 ? number : compact).format(amount),
    signed: (amount) => signed.format(amount),
    share: (part, whole) => {
      const is_tiny = part > 0 && 1_000 * part < whole;
      return `${is_tiny ? "<" : ""}${per_cent.format(shownPerCent(part, whole) / 100)}`;
    },
    change: (now, before) =>
      signed_per_cent.format(Math.sign(now - before) * shownPerCent(Math.abs(now - before), before) / 100),
    times: (ratio) => `${(ratio < 10 ? number : whole).format(ratio)}×`,
    money: (amount, currency) =>
      moneyIn(locale, currency, "auto").format(amount as Intl.StringNumericLiteral),
    signedMoney: (amount, currency) =>
      moneyIn(locale, currency, "exceptZero").format(amount as Intl.StringNumericLiteral),
    date: dated({ day: "numeric", month: "long" }),
    longDate: dated({ day: "numeric", month: "long", year: "numeric" }),
    mediumDate: dated({ day: "numeric", month: "short", year: "numeric" }),
    shortDate: dated({ day: "numeric", month: "short" }),
    month: (of) => month(`${of}-01`),
    instant: (instant, time_zone) =>
      new Intl.DateTimeFormat(locale, {
        timeZone: time_zone,
        day: "numeric",
        month: "long",
        year: "numeric",
        hour: "2-digit",
        minute: "2-digit",
        hourCycle: "h23",
      }).format(Date.parse(instant)),
    shortInstant: (instant, time_zone) =>
      timeIn(locale, time_zone, { day: "numeric", month: "short" }).format(Date.parse(instant)),
    exactTime: (instant, time_zone) =>
      timeIn(locale, time_zone, { second: "2-digit" }).format(Date.parse(instant)),
    time: (instant, time_zone) => timeIn(locale, time_zone).format(Date.parse(instant)),
  };
}

/**
 * Rounds a share to whole per cent, or to tenths within one point of 0 and of 100. Only nothing is 0 and only the whole is
 * 100: a share below the whole is at most 99.9, one above it at least 100.1. Equal parts of a whole have the same result,
 * and a larger part has no smaller one. Half is rounded to even, so that the shares of two parts add up to 100.
 */
export function shownPerCent(part: number, whole: number): number {
  if (whole <= 0 || part <= 0) return 0;
  if (part === whole) return 100;
  const exact = 100 * part / whole;
  const is_close = exact < 1 || exact > 99 && exact < 101;
  const rounded = is_close ? roundHalfEven(1_000 * part / whole) / 10 : roundHalfEven(exact);
  return part < whole ? Math.min(99.9, Math.max(0.1, rounded)) : Math.max(100.1, rounded);
}

function roundHalfEven(number: number): number {
  const rounded = Math.round(number);
  return rounded - number === 0.5 && rounded % 2 === 1 ? rounded - 1 : rounded;
}

function moneyIn(locale: string, currency: string, signDisplay: "auto" | "exceptZero"): Intl.NumberFormat {
  return cached(
    MONEY,
    `${locale} ${currency} ${signDisplay}`,
    () =>
      new Intl.NumberFormat(locale, { style: "currency", currency, signDisplay, maximumFractionDigits: 6 }),
  );
}

/** @param more the parts to show beside hours and minutes */
function timeIn(
  locale: string,
  timeZone: string,
  more: Intl.DateTimeFormatOptions = {},
): Intl.DateTimeFormat {
  return cached(
    TIMES,
    `${locale} ${timeZone} ${Object.keys(more)}`,
    () =>
      new Intl.DateTimeFormat(locale, {
        timeZone,
        ...more,
        hour: "2-digit",
        minute: "2-digit",
        hourCycle: "h23",
      }),
  );
}

/**
 * Returns the locale that formats a page: the company's if it has the page's language, else the language itself. A
 * Portuguese page of a company in Lisbon has the formats of Portugal; an English page never has `1.234`.
 */
export function localeFor(language: string, company_locale: string): string {
  const primary = (tag: string) => tag.split("-")[0]!.toLowerCase();
  return primary(company_locale) === primary(language) ? company_locale : language;
}
