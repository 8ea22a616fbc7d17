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
  /** A share in whole per cent. Only 0 is shown as 0% and only the whole as 100%; more than the whole is 101% or more. */
  share(part: number, whole: number): string;
  /** Whole per cent: `14%`. */
  perCent(amount: number): string;
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
    perCent: (amount) => per_cent.format(amount / 100),
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

/** Limits a share to 1–99%, unless the part is nothing or the whole. */
function shareOf(part: number, whole: number): number {
  if (whole <= 0 || part <= 0) return 0;
  if (part >= whole) return part === whole ? 1 : Math.max(1.01, part / whole);
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
