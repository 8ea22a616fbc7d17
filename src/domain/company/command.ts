import type { Balance } from "./balance.ts";
import type { Calendar } from "../calendar.ts";
import type { Offer } from "../contract_changes.ts";
import type { ContactIdentifiers } from "../identity/phone.ts";
import type { Attributes } from "../ledger.ts";
import type {
  ContactId,
  ContactKey,
  Credits,
  Direction,
  FeatureCode,
  LocalDate,
  MessageKey,
  TemplateCategory,
} from "../types.ts";
import type { MessagePricing } from "../meta_costs/fact_pricing.ts";
import type { NumberAccount } from "../meta_costs/number_accounts.ts";
import type { RateVersion } from "../rates.ts";
import type { Conditional } from "./precondition.ts";
import type { SettingsVersion } from "./state.ts";
import type { VersionChanges } from "./term_changes.ts";
import type { ContractVersion } from "../contract.ts";
import type { TemplatePolicy } from "../charge.ts";

/** A WhatsApp event of one company, independent of Meta's wire format. */
export type ContactEvent =
  | {
    readonly type: "wrote" | "noted" | "called";
    readonly contact: ContactIdentifiers;
    readonly at_ms: number;
    readonly message_id: string;
    readonly phone_number_id: string;
  }
  | {
    readonly type: "status";
    readonly contact: ContactIdentifiers;
    readonly at_ms: number;
    readonly message_id: string;
    readonly phone_number_id: string;
    readonly status: "sent" | "delivered" | "read" | "played" | "failed";
    readonly template: boolean;
    readonly category: TemplateCategory | undefined;
    readonly callback_data: string | undefined;
    /** What Meta says about the price; undefined where it is not read. */
    readonly pricing?: MessagePricing | undefined;
  }
  | {
    readonly type: "number_changed";
    readonly from: ContactIdentifiers;
    readonly to: ContactIdentifiers;
    readonly at_ms: number;
    readonly message_id: string;
    readonly phone_number_id: string;
  };

/** A send that an internal service reports or asks to authorize. */
export interface Send {
  readonly message_id: string;
  readonly to: ContactIdentifiers;
  readonly kind: "template" | "free_form";
  readonly category: TemplateCategory | undefined;
  readonly sent_at_ms: number | undefined;
  readonly attribution: Attributes | undefined;
}

/** A report that the Graph API refused a recorded send: no status of it will follow. */
export interface SendFailure {
  readonly message_id: string;
  readonly failed_at_ms: number | undefined;
  /** Meta's error code, such as `132000`; stored with the fact, for investigations. */
  readonly error_code: string | undefined;
}

/** A reported use of a feature other than WhatsApp. */
export interface Usage {
  readonly id: string;
  readonly feature: FeatureCode;
  readonly quantity: number;
  readonly occurred_at_ms: number | undefined;
  readonly attributes: Attributes | undefined;
}

/** The configuration requested for a company. An omitted field keeps its value and its scheduled change. */
export interface Profile {
  readonly name: string;
  readonly locale?: string | undefined;
  /** ISO 3166-1 alpha-2: the country of national numbers. */
  readonly country?: string | undefined;
  readonly time_zone: string;
  readonly template_in_open_window?: TemplatePolicy | undefined;
  /** The complete list: the company's other numbers are released. */
  readonly phone_number_ids?: readonly string[] | undefined;
  /** When the company's events of these numbers begin; see `ClaimRequest`. */
  readonly phone_numbers_from_ms?: number | undefined;
  /** The local date the new zone or policy takes effect; by default the next one. */
  readonly effective_from: LocalDate | undefined;
}

/** The Meta account of a number, as it is set. */
export interface AccountOfNumber {
  readonly account_id: string;
  /** Undefined: the account is its own portfolio. */
  readonly portfolio_id: string | undefined;
  readonly time_zone: string;
  readonly currency: string;
}

/** Every command a company accepts. `by` names the caller and is stored with the version. */
export type Command =
  | { readonly type: "record"; readonly events: readonly ContactEvent[]; readonly received_at_ms: number }
  | { readonly type: "replay"; readonly event: ContactEvent; readonly received_at_ms: number }
  | { readonly type: "report_send"; readonly send: Send }
  | { readonly type: "report_send_failure"; readonly failure: SendFailure }
  | { readonly type: "report_usage"; readonly usages: readonly Usage[] }
  | { readonly type: "configure"; readonly profile: Profile; readonly by: string } & Conditional
  /** Validates a profile without changing anything. */
  | { readonly type: "validate_profile"; readonly profile: Profile } & Conditional
  | { readonly type: "change_contract"; readonly offer: Offer; readonly by: string } & Conditional
  | { readonly type: "cancel_contract"; readonly by: string } & Conditional
  | { readonly type: "withdraw_cancellation"; readonly by: string } & Conditional
  | {
    readonly type: "set_rate";
    readonly feature: FeatureCode;
    readonly credits: Credits;
    readonly effective_from: LocalDate | undefined;
    readonly by: string;
  }
  | {
    readonly type: "set_number_account";
    readonly phone_number_id: string;
    readonly account: AccountOfNumber;
    readonly by: string;
  }
  | {
    readonly type: "quote";
    readonly recipients: readonly ContactIdentifiers[];
    /** By default a template. */
    readonly kind?: "template" | "free_form" | undefined;
    readonly category: TemplateCategory | undefined;
  }
  | { readonly type: "read_balance" }
  | { readonly type: "read_company" }
  | { readonly type: "read_contact"; readonly contact: ContactIdentifiers }
  /** Asks for the company's keyed hash of a message id, by which ledger entries are found. */
  | { readonly type: "read_message_key"; readonly message_id: string }
  | { readonly type: "erase_contact"; readonly contact: ContactIdentifiers }
  /** Asks whether the company knows the message of a status. */
  | {
    readonly type: "find_message";
    readonly message_id: string;
    readonly contact: ContactIdentifiers;
    readonly callback_data: string | undefined;
  }
  | { readonly type: "close_due_days" }
  /** Reopens the days that a clock ahead of the right time has closed. */
  | { readonly type: "reopen_days"; readonly by: string };

/** A window as the API reports it, open until the end of its local date. */
export interface WindowView {
  readonly direction: Direction;
  readonly local_date: LocalDate;
  readonly opened_at_ms: number;
  readonly closes_at_ms: number;
  readonly credits: Credits;
}

/** A contact's windows on the current local date. */
export interface ContactView {
  readonly contact: ContactId | undefined;
  readonly free_form_allowed: boolean;
  readonly windows: readonly WindowView[];
  readonly meta_service_window_ends_at_ms: number | undefined;
}

/** A company's configuration on its current local date, and the scheduled settings. */
export interface CompanyView {
  readonly name: string;
  readonly locale: string;
  /** ISO 3166-1 alpha-2: the country of national numbers. */
  readonly country: string | undefined;
  readonly phone_number_ids: readonly string[];
  readonly today: LocalDate;
  readonly settings: SettingsVersion;
  readonly scheduled: SettingsVersion | undefined;
  /** Every settings version, in order of version. Past dates need the older ones. */
  readonly settings_history: readonly SettingsVersion[];
  /** The local days: dates that have begun keep their stored instants. */
  readonly calendar: Calendar;
  readonly contract: readonly ContractVersion[];
  readonly own_rates: readonly RateVersion[];
}

/** The result of a command that was decided. */
export type Reply =
  | { readonly type: "done" }
  /** The result of a replay: null when the event is metered now, else why it stays in quarantine. */
  | { readonly type: "replayed"; readonly quarantine_reason: QuarantineReason | null }
  | {
    readonly type: "send_allowed";
    readonly window: WindowView | undefined;
    readonly credits: Credits;
    readonly balance: Balance;
  }
  | {
    readonly type: "send_failure_recorded";
    /** `delivered`: Meta has proven the delivery, so the message stays charged. */
    readonly outcome: "failed" | "delivered";
    /** Credits given back by this command: 0 when it is repeated. */
    readonly credits: Credits;
    readonly balance: Balance;
  }
  | {
    readonly type: "usage_counted";
    readonly accepted: number;
    readonly duplicates: number;
    readonly credits: Credits;
    readonly balance: Balance;
  }
  | {
    readonly type: "erased";
    /** Contacts of the company that had a stored phone or BSUID until now. */
    readonly people: number;
    /** Why the erasure found nobody to erase; null when it erased somebody. */
    readonly reason: NothingErasedReason | null;
    /** Phones and BSUIDs that were stored until now. */
    readonly names: number;
    /** Every key of the person. */
    readonly keys: readonly ContactKey[];
  }
  | { readonly type: "balance"; readonly balance: Balance }
  /** The last closed date from now on, and the last one before. */
  | {
    readonly type: "reopened";
    readonly closed_through: LocalDate;
    readonly closed_before: LocalDate;
  }
  /** The company is not ahead of the right time, or was created while the clock was. */
  | { readonly type: "not_reopened" }
  | {
    readonly type: "company";
    readonly view: CompanyView;
    /** What a command on the settings changed in them. */
    readonly settings_changes?: VersionChanges<SettingsVersion>;
    /** What a command on the contract changed in it. */
    readonly contract_changes?: VersionChanges<ContractVersion>;
  }
  | { readonly type: "contact"; readonly view: ContactView }
  | { readonly type: "number_account"; readonly account: NumberAccount }
  | { readonly type: "message_key"; readonly key: MessageKey }
  /** Whether the company has a fact or a send record of the message. */
  | { readonly type: "message_found"; readonly known: boolean }
  | {
    readonly type: "quote";
    readonly recipients: number;
    readonly already_open: number;
    readonly windows: number;
    readonly credits: Credits;
    readonly prepaid: Credits;
    readonly excess: Credits;
    readonly excess_credit_price: bigint | null;
  }
  | Refused;

/** Why an erasure erased nobody: the company never had the contact, or no phone or BSUID of it is stored. */
export type NothingErasedReason = "contact_unknown" | "identifiers_already_deleted";

/** A refused command. Nothing has changed. */
export interface Refused {
  readonly type: "refused";
  readonly code: RefusalCode;
  /** What is wrong and what to do, in one sentence. */
  readonly detail: string;
  /** The field at fault, from the root of the body: `["0", "feature"]`. */
  readonly path: readonly string[];
}

/** The stable code of a refusal. */
export type RefusalCode =
  | "window_closed"
  | "id_reused"
  | "message_not_found"
  | "month_final"
  | "unknown_feature"
  | "invalid_request"
  | "precondition_failed"
  | "package_not_found"
  | "cancellation_not_found"
  | "phone_number_not_found";

/** Builds a refusal. */
export function refused(code: RefusalCode, detail: string, path: readonly string[] = []): Refused {
  return { type: "refused", code, detail, path };
}

/** Why an event could not be metered. It stays in quarantine and can be replayed. */
export type QuarantineReason = typeof QUARANTINE_REASONS[number];

/** Every quarantine reason. */
export const QUARANTINE_REASONS = [
  "too_old",
  "in_the_future",
  "timestamp_unparseable",
  "unreadable",
  "unknown_phone_number",
  "identity_conflict",
  "month_final",
  // Of a webhook field that this version does not read.
  "unknown_field",
  // A person it mentions was erased: its content is not stored.
  "erased",
] as const;

/** The company does not exist. */
export interface CompanyNotFound {
  readonly type: "company_not_found";
}

/** The outcome is unknown or the command was not executed. The caller retries: commands are idempotent. */
export interface Unavailable {
  readonly type: "unavailable";
  readonly reason:
    | "overloaded"
    | "store_unreachable"
    | "taken_over"
    | "failed"
    | "stopping"
    | "clock_uncertain"
    // No node has the company, or its node does not answer.
    | "owner_unreachable";
  readonly retry_after_s: number;
}

/** The answer to a command. */
export type Answer = Reply | CompanyNotFound | Unavailable;
