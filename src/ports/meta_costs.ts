/** What Meta prices, and how it compares with Meta's own figures. */

import type { Unavailable } from "../domain/company/command.ts";
import type { CompanyMessages, CostMessagesQuery } from "../domain/meta_costs/cost_messages.ts";
import type { FactPricing } from "../domain/meta_costs/fact_pricing.ts";
import type { CompanyUse, UseQuery } from "../domain/meta_costs/margin.ts";
import type { AccountDay } from "../domain/meta_costs/account_calendar.ts";
import type { NumberAccount } from "../domain/meta_costs/number_accounts.ts";
import type {
  CountedMessage,
  LineQuery,
  MessagePlace,
  NumberedLine,
  Reconciliation,
  ReconciliationQuery,
  ReconciliationRefused,
  ReconciliationRequest,
} from "../domain/meta_costs/reconciliations.ts";
import type { CostDay } from "../domain/meta_costs/types.ts";
import type { CompanyId, ContactId, LocalDate, MessageKey } from "../domain/types.ts";

/** Selects messages that Meta prices, by one of their two dates; both dates inclusive. */
export interface CostDayQuery {
  /** Undefined: of all companies. */
  readonly company?: CompanyId | undefined;
  readonly from: LocalDate;
  readonly to: LocalDate;
  readonly by: "local_date" | "account_date";
}

/** Reads what Meta prices. Rejects when the store cannot be reached. */
export interface MetaCosts {
  /** Delivered messages by day and group, in order of company and date. Groups without a message are absent. */
  days(query: CostDayQuery): Promise<readonly CostDay[]>;
  /** The accounts of a company's numbers, or of all, past ones included, in order of company, number and time. */
  accounts(company?: CompanyId): Promise<readonly NumberAccount[]>;
  /** The dates with stored ends in the zones of a company's accounts, both inclusive, in order of zone and date. */
  accountDays(company: CompanyId, from: LocalDate, to: LocalDate): Promise<readonly AccountDay[]>;
}

/** Reads what the reports of costs and margins are made of. Rejects when the store cannot be reached. */
export interface CostReports {
  /** The accounts of companies' numbers, and those of their portfolios, past ones included. */
  accountsAround(companies: readonly CompanyId[]): Promise<readonly NumberAccount[]>;
  /** The messages of companies by price. */
  messages(query: CostMessagesQuery): Promise<readonly CompanyMessages[]>;
  /** What companies used of the months of dates, in order of id. */
  use(query: UseQuery): Promise<readonly CompanyUse[]>;
}

/** A message that was delivered, with what its statuses tell about Meta's price. */
export interface DeliveredMessage {
  readonly message: MessageKey;
  readonly contact: ContactId;
  readonly delivered_at_ms: number;
  /** Undefined if it does not count: no status tells a price, or none proves that it left within the stored facts. */
  readonly pricing: FactPricing | undefined;
}

/** Reads the delivered messages of a company's number from its facts, while they are stored. */
export interface DeliveredMessages {
  /** Messages that were delivered in `[from_ms, end_ms)`, in order of time and message. */
  delivered(query: {
    readonly company: CompanyId;
    readonly phone_number_id: string;
    readonly from_ms: number;
    readonly end_ms: number;
    readonly after?: { readonly delivered_at_ms: number; readonly message: MessageKey } | undefined;
    readonly limit: number;
  }): Promise<readonly DeliveredMessage[]>;
}

/** Compares Meta's figures with ours, and keeps the results. Rejects when the store cannot be reached. */
export interface Reconciliations {
  create(request: ReconciliationRequest): Promise<Reconciliation | ReconciliationRefused | Unavailable>;
  /** Lists reconciliations, newest first. */
  list(query: ReconciliationQuery): Promise<readonly Reconciliation[]>;
  find(id: string): Promise<Reconciliation | undefined>;
  /** Lists lines, in order. */
  lines(query: LineQuery): Promise<readonly NumberedLine[]>;
  /**
   * Lists our messages of a line, in order of company, time and message: those that count on it now.
   *
   * @returns undefined when there is no such line
   */
  messages(
    id: string,
    line: number,
    page: { readonly after?: MessagePlace | undefined; readonly limit: number },
  ): Promise<readonly CountedMessage[] | Unavailable | undefined>;
}
