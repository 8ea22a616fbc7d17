/**
 * Numbers, money, dates and times as a company reads them, by `Intl` alone. The server and the script in the page
 * make the same text of the same value.
 */

/** Formats of one locale. */
export interface Formats {
  readonly locale: string;
  credits(amount: number): string;
  /** Of an axis that goes up to `highest`, as short as it has room for: `1.500`; of millions `2,5 mi`. */
  onAxis(amount: number, highest: number): string;
  /** With its sign, also when it is positive. */
  signed(amount: number): string;
  /** A share of one, in whole per cent; something is never shown as nothing. */
  share(part: number, whole: number): string;
  /** Money given as a decimal string: it never passes through a float. */
  money(amount: string, currency: string): string;
  /** With its sign, also when it is positive. */
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
  /** `25 de novembro de 2026, 14:32`, of a zone. */
  instant(instant: string, time_zone: string): string;
  /** `25 de nov., 14:32`, of a zone. */
  shortInstant(instant: string, time_zone: string): string;
  /** `14:32`, of a zone. */
  time(instant: string, time_zone: string): string;
}

/**
 * Formats are dear to make and cheap to use, so those made last are kept.
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

function cached<T>(known: Map<string, T>, key: string, make: () => T): T {
  const found = known.get(key);
  if (found !== undefined) return found;
  if (known.size >= CACHE_SIZE_MAX) known.clear();
  const made = make();
  known.set(key, made);
  return made;
}

function createFormats(locale: string): Formats {
  const number = new Intl.NumberFormat(locale);
  const compact = new Intl.NumberFormat(locale, { notation: "compact", maximumFractionDigits: 2 });
  const signed = new Intl.NumberFormat(locale, { signDisplay: "exceptZero" });
  const per_cent = new Intl.NumberFormat(locale, { style: "percent" });
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
    share: (part, whole) => per_cent.format(shareOf(part, whole)),
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
    time: (instant, time_zone) => timeIn(locale, time_zone).format(Date.parse(instant)),
  };
}

/** The share of a part, rounded to whole per cent, but 0 and 1 for nothing and all alone. */
function shareOf(part: number, whole: number): number {
  if (whole <= 0 || part <= 0) return 0;
  if (part >= whole) return part === whole ? 1 : part / whole;
  return Math.min(0.99, Math.max(0.01, part / whole));
}

function moneyIn(locale: string, currency: string, signDisplay: "auto" | "exceptZero"): Intl.NumberFormat {
  return cached(
    MONEY,
    `${locale} ${currency} ${signDisplay}`,
    () =>
      new Intl.NumberFormat(locale, { style: "currency", currency, signDisplay, maximumFractionDigits: 6 }),
  );
}

/** @param date what of the date stands before the time */
function timeIn(
  locale: string,
  timeZone: string,
  date: Intl.DateTimeFormatOptions = {},
): Intl.DateTimeFormat {
  return cached(
    TIMES,
    `${locale} ${timeZone} ${Object.keys(date)}`,
    () =>
      new Intl.DateTimeFormat(locale, {
        timeZone,
        ...date,
        hour: "2-digit",
        minute: "2-digit",
        hourCycle: "h23",
      }),
  );
}

/**
 * The locale a page in a language is formatted by: the company's own where it speaks that language, so that a
 * Portuguese page of a company in Lisbon has Lisbon's numbers, and an English one never has `1.234`.
 */
export function localeFor(language: string, company_locale: string): string {
  const primary = (tag: string) => tag.split("-")[0]!.toLowerCase();
  return primary(company_locale) === primary(language) ? company_locale : language;
}
