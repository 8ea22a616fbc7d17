import { type Calendar, firstDateOf, monthOf, previousDate } from "../src/domain/calendar.ts";
import { AccountNumbers } from "../src/domain/meta_costs/account_numbers.ts";
import { priceDays } from "../src/domain/meta_costs/costs.ts";
import { AccountsByDate } from "../src/domain/meta_costs/counting.ts";
import { countryOf, pricingOf } from "../src/domain/meta_costs/fact_pricing.ts";
import type { NumberAccount } from "../src/domain/meta_costs/number_accounts.ts";
import { PricingPoints } from "../src/domain/meta_costs/pricing_analytics.ts";
import { reconcile, type ReconciliationInput, totalsOf } from "../src/domain/meta_costs/reconciliation.ts";
import type { CountedMessages, ReconciliationLine } from "../src/domain/meta_costs/reconciliation_lines.ts";
import {
  type CountedMessage,
  type LineQuery,
  type MessagePlace,
  type NumberedLine,
  type Reconciliation,
  RECONCILIATION_LINES_MAX,
  type ReconciliationQuery,
  type ReconciliationRefused,
  type ReconciliationRequest,
} from "../src/domain/meta_costs/reconciliations.ts";
import type { CostDay } from "../src/domain/meta_costs/types.ts";
import type { CompanyId, LocalDate } from "../src/domain/types.ts";
import { RUNTIME_ZONE_DATA } from "../src/domain/zone_data.ts";
import type { Companies } from "../src/ports/companies.ts";
import type { PhoneNumberNames } from "../src/ports/directory.ts";
import type {
  DeliveredMessage,
  DeliveredMessages,
  MetaCosts,
  Reconciliations,
} from "../src/ports/meta_costs.ts";
import type { MetaPrices } from "../src/ports/prices.ts";
import type { Clock, Timers } from "../src/ports/runtime.ts";
import type { Unavailable } from "../src/domain/company/command.ts";

/** Keeps reconciliations. Rejects when the store cannot be reached. */
export interface ReconciliationStore {
  /** Stores a reconciliation with its lines, which are numbered from 1 on. */
  add(reconciliation: Reconciliation, lines: readonly ReconciliationLine[]): Promise<void>;
  list(query: ReconciliationQuery): Promise<readonly Reconciliation[]>;
  find(id: string): Promise<Reconciliation | undefined>;
  lines(query: LineQuery): Promise<readonly NumberedLine[]>;
  line(id: string, line: number): Promise<NumberedLine | undefined>;
}

/** What a {@link Reconciler} depends on. */
export interface ReconcilerDependencies {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly companies: Companies;
  readonly phone_numbers: Pick<PhoneNumberNames, "namesOf">;
  readonly meta_costs: MetaCosts;
  readonly messages: DeliveredMessages;
  readonly store: ReconciliationStore;
  readonly prices: Pick<MetaPrices, "rateCard">;
  newId(): string;
}

/** Messages that are read at once while those of a line are looked for. */
const MESSAGES_AT_ONCE = 1_000;

/** Compares Meta's figures with ours, and keeps the results. */
export class Reconciler implements Reconciliations {
  readonly #dependencies: ReconcilerDependencies;

  constructor(dependencies: ReconcilerDependencies) {
    this.#dependencies = dependencies;
  }

  /** Compares and stores, or says why not. Each call compares with what is counted at its time. */
  async create(
    request: ReconciliationRequest,
  ): Promise<Reconciliation | ReconciliationRefused | Unavailable> {
    const { clock, store, newId } = this.#dependencies;
    const { account_id, from, to, by, points } = request;
    const accounts = await this.#dependencies.meta_costs.accounts();
    const numbers = await this.#numbersOf(account_id, accounts);
    if ("type" in numbers) return numbers;
    const meta = await this.#read(request, numbers);
    if ("type" in meta) return meta;
    const currency = numbers.currency!;
    const ours = await this.#ours(request, numbers, accounts, currency);
    const now_ms = clock.now_ms();
    const today = RUNTIME_ZONE_DATA.dateOn(now_ms, numbers.zoneAt(numbers.ids[0]!, now_ms) ?? "UTC");
    const lines = await this.#lines({ from, to, recent_from: previousDate(today) }, ours, meta);
    if (lines.length > RECONCILIATION_LINES_MAX) return tooManyLines(lines.length);
    const reconciliation: Reconciliation = {
      id: newId(),
      account_id,
      from,
      to,
      currency,
      created_at_ms: now_ms,
      created_by: by,
      data_points: points.length,
      totals: totalsOf(lines),
    };
    await store.add(reconciliation, lines);
    return reconciliation;
  }

  list(query: ReconciliationQuery): Promise<readonly Reconciliation[]> {
    return this.#dependencies.store.list(query);
  }

  find(id: string): Promise<Reconciliation | undefined> {
    return this.#dependencies.store.find(id);
  }

  lines(query: LineQuery): Promise<readonly NumberedLine[]> {
    return this.#dependencies.store.lines(query);
  }

  /** Lists our messages of a line: those that count on it now. */
  async messages(
    id: string,
    line_number: number,
    { after, limit }: { readonly after?: MessagePlace | undefined; readonly limit: number },
  ): Promise<readonly CountedMessage[] | Unavailable | undefined> {
    const { store, meta_costs } = this.#dependencies;
    const [reconciliation, line] = await Promise.all([store.find(id), store.line(id, line_number)]);
    if (reconciliation === undefined || line === undefined) return undefined;
    const numbers = await this.#numbersOf(reconciliation.account_id, await meta_costs.accounts());
    if ("type" in numbers) return numbers.type === "unavailable" ? numbers : [];
    const found: CountedMessage[] = [];
    for (const company of numbers.companiesOf(line.phone_number_id)) {
      if (after !== undefined && company < after.company) continue;
      const place = company === after?.company ? after : undefined;
      found.push(...await this.#messagesOf(company, line, numbers, place, limit - found.length));
      if (found.length === limit) break;
    }
    return found;
  }

  async #messagesOf(
    company: CompanyId,
    line: NumberedLine,
    numbers: AccountNumbers,
    after: MessagePlace | undefined,
    limit: number,
  ): Promise<CountedMessage[]> {
    const { phone_number_id, date } = line;
    const stored = await this.#dependencies.meta_costs.accountDays(company, previousDate(date), date);
    const { start_ms: from_ms, end_ms } = numbers.dayOf(phone_number_id, date, stored);
    const found: CountedMessage[] = [];
    for (let place: MessagePlace | undefined = after;;) {
      const query = { company, phone_number_id, from_ms, end_ms, after: place, limit: MESSAGES_AT_ONCE };
      const page: readonly DeliveredMessage[] = await this.#dependencies.messages.delivered(query);
      for (const { message, contact, delivered_at_ms, pricing } of page) {
        place = { company, delivered_at_ms, message };
        if (isOnLine(pricing, line)) found.push({ ...place, contact });
        if (found.length === limit) return found;
      }
      if (page.length < MESSAGES_AT_ONCE) return found;
    }
  }

  /** Reads the numbers of an account with the calendars of their companies. */
  async #numbersOf(
    account_id: string,
    accounts: readonly NumberAccount[],
  ): Promise<AccountNumbers | ReconciliationRefused | Unavailable> {
    const own = accounts.filter((account) => account.account_id === account_id);
    if (own.length === 0) return unknownAccount();
    const ids = new Set(own.map(({ phone_number_id }) => phone_number_id));
    const versions = accounts.filter(({ phone_number_id }) => ids.has(phone_number_id));
    const calendars = new Map<CompanyId, Calendar>();
    for (const company of new Set(versions.map(({ company }) => company))) {
      const answer = await this.#dependencies.companies.execute(company, { type: "read_company" });
      if (answer.type === "unavailable") return answer;
      if (answer.type === "company") calendars.set(company, answer.view.calendar);
    }
    return new AccountNumbers(account_id, versions, calendars);
  }

  async #read(
    { from, to, numbers: named, points }: ReconciliationRequest,
    numbers: AccountNumbers,
  ): Promise<readonly CountedMessages[] | ReconciliationRefused> {
    const other = [...named].find(([, id]) => !numbers.ids.includes(id));
    if (other !== undefined) return otherNumber(...other);
    const names = new Map<string, string>();
    for (const company of new Set(numbers.ids.flatMap((id) => numbers.companiesOf(id)))) {
      for (const [id, name] of await this.#dependencies.phone_numbers.namesOf(company)) names.set(id, name);
    }
    const read = new PricingPoints(numbers.byPhone(named, names), from, to).read(points);
    if (!("field" in read)) return read;
    const { index, field: name, message } = read;
    return { type: "refused", field: { index, name }, message };
  }

  /** Compares number by number. Other requests run in between. */
  async #lines(
    dates: Pick<ReconciliationInput, "from" | "to" | "recent_from">,
    all_ours: readonly CountedMessages[],
    all_meta: readonly CountedMessages[],
  ): Promise<ReconciliationLine[]> {
    const numberOf = ({ phone_number_id }: CountedMessages) => phone_number_id;
    const [ours_by, meta_by] = [Map.groupBy(all_ours, numberOf), Map.groupBy(all_meta, numberOf)];
    const lines: ReconciliationLine[] = [];
    for (const number of [...new Set([...ours_by.keys(), ...meta_by.keys()])].sort()) {
      const [ours, meta] = [ours_by.get(number) ?? [], meta_by.get(number) ?? []];
      for (const line of reconcile({ ...dates, ours, meta })) lines.push(line);
      await this.#dependencies.timers.sleep(0);
    }
    return lines;
  }

  /** Reads what is counted for the account, with its costs. */
  async #ours(
    { from, to }: ReconciliationRequest,
    numbers: AccountNumbers,
    accounts: readonly NumberAccount[],
    currency: string,
  ): Promise<CountedMessages[]> {
    const days = await this.#daysOfPortfolios(from, to, numbers, accounts);
    const rates = await this.#dependencies.prices.rateCard();
    return priceDays(days, new AccountsByDate(accounts), rates)
      .filter(({ account_date, phone_number_id }) =>
        account_date >= from && numbers.isOwnOn(phone_number_id, account_date)
      )
      .map(({ phone_number_id, account_date, category, pricing_type, country, messages, ...day }) => ({
        phone_number_id,
        date: account_date,
        category,
        pricing_type,
        country,
        messages,
        cost: day.currency === currency ? day.cost : undefined,
      }));
  }

  /**
   * Reads what is counted since the beginning of the first month, of every company that shares a portfolio with the
   * account: Meta counts its volume tiers together.
   */
  async #daysOfPortfolios(
    from: LocalDate,
    to: LocalDate,
    numbers: AccountNumbers,
    accounts: readonly NumberAccount[],
  ): Promise<CostDay[]> {
    const own = accounts.filter(({ phone_number_id }) => numbers.ids.includes(phone_number_id));
    const portfolios = new Set(own.map(({ portfolio_id }) => portfolio_id));
    const sharing = accounts.filter(({ portfolio_id }) => portfolios.has(portfolio_id));
    const days: CostDay[] = [];
    for (const company of new Set(sharing.map(({ company }) => company))) {
      const query = { company, from: firstDateOf(monthOf(from)), to, by: "account_date" } as const;
      for (const day of await this.#dependencies.meta_costs.days(query)) days.push(day);
    }
    return days;
  }
}

function isOnLine(pricing: DeliveredMessage["pricing"], line: NumberedLine): boolean {
  if (pricing === undefined) return false;
  const { category, type } = pricingOf(pricing);
  return category === line.category && type === line.pricing_type && countryOf(pricing) === line.country;
}

function unknownAccount(): ReconciliationRefused {
  const message =
    "is the Meta account of no number: set it with PUT /v1/phone_numbers/{phone_number_id}/meta_account";
  return { type: "refused", field: "account_id", message };
}

function otherNumber(digits: string, phone_number_id: string): ReconciliationRefused {
  const message =
    `${digits}:${phone_number_id} is no number of the account: correct it, or set the number's account with ` +
    `PUT /v1/phone_numbers/${phone_number_id}/meta_account`;
  return { type: "refused", field: "number", message };
}

function tooManyLines(lines: number): ReconciliationRefused {
  const message =
    `makes ${lines} lines, and ${RECONCILIATION_LINES_MAX} are compared at most: shorten the range of dates`;
  return { type: "refused", field: "to", message };
}
