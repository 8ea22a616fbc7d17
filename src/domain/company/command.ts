import type { Balance } from "./balance.ts";
import type { Offer } from "../contract_changes.ts";
import type { ContactIdentifiers } from "../identity/phone.ts";
import type { Attributes } from "../ledger.ts";
import type {
  CompanyId,
  ContactId,
  ContactKey,
  Credits,
  Direction,
  FeatureCode,
  LocalDate,
  TemplateCategory,
} from "../types.ts";
import type { RateVersion } from "../rates.ts";
import type { SettingsVersion } from "./state.ts";
import type { ContractVersion } from "../contract.ts";
import type { TemplatePolicy } from "../charge.ts";

/** One event of Meta's that concerns a company, freed from its wire format. */
export type ContactEvent =
  | {
    readonly type: "wrote" | "noted";
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
  }
  | {
    readonly type: "number_changed";
    readonly from: ContactIdentifiers;
    readonly to: ContactIdentifiers;
    readonly at_ms: number;
    readonly message_id: string;
    readonly phone_number_id: string;
  };

/** A send as an internal service reports it, or asks leave for it. */
export interface Send {
  readonly message_id: string;
  readonly to: ContactIdentifiers;
  readonly kind: "template" | "free_form";
  readonly category: TemplateCategory | undefined;
  readonly sent_at_ms: number | undefined;
  readonly attribution: Attributes | undefined;
}

/** Use of a feature with an outside cost. */
export interface Usage {
  readonly id: string;
  readonly feature: FeatureCode;
  readonly quantity: number;
  readonly occurred_at_ms: number | undefined;
  readonly attributes: Attributes | undefined;
}

/** What a company is asked to be. What is left out stays as it is, also what waits for its date. */
export interface Profile {
  readonly name: string;
  readonly locale?: string | undefined;
  readonly time_zone: string;
  readonly template_in_open_window?: TemplatePolicy | undefined;
  /** All of them: none gives up those it has. */
  readonly phone_number_ids?: readonly string[] | undefined;
  /** The local date a new zone or policy holds from; the next one unless given. */
  readonly effective_from: LocalDate | undefined;
}

/** All that can be asked of a company. `by` is who asks, for the versions that keep it. */
export type Command =
  | { readonly type: "record"; readonly events: readonly ContactEvent[]; readonly received_at_ms: number }
  | { readonly type: "replay"; readonly event: ContactEvent; readonly received_at_ms: number }
  | { readonly type: "report_send"; readonly send: Send }
  | { readonly type: "report_usage"; readonly usages: readonly Usage[] }
  | { readonly type: "configure"; readonly profile: Profile; readonly by: string }
  /** Whether it could be configured so: changes nothing. */
  | { readonly type: "check_profile"; readonly profile: Profile }
  | { readonly type: "agree_contract"; readonly offer: Offer; readonly by: string }
  | { readonly type: "cancel_contract"; readonly by: string }
  | { readonly type: "take_back_cancellation"; readonly by: string }
  | {
    readonly type: "set_rate";
    readonly feature: FeatureCode;
    readonly credits: Credits;
    readonly effective_from: LocalDate | undefined;
    readonly by: string;
  }
  | {
    readonly type: "quote";
    readonly recipients: readonly ContactIdentifiers[];
    readonly category: TemplateCategory | undefined;
  }
  | { readonly type: "read_balance" }
  | { readonly type: "read_company" }
  | { readonly type: "read_contact"; readonly contact: ContactIdentifiers }
  | { readonly type: "erase_contact"; readonly contact: ContactIdentifiers }
  | { readonly type: "bring_up_to_now" };

/** A window as it is shown: open until the end of its local date. */
export interface WindowView {
  readonly direction: Direction;
  readonly local_date: LocalDate;
  readonly opened_at_ms: number;
  readonly closes_at_ms: number;
  readonly credits: Credits;
}

/** What a contact's windows look like now. */
export interface ContactView {
  readonly contact: ContactId | undefined;
  readonly free_form_allowed: boolean;
  readonly windows: readonly WindowView[];
  readonly meta_service_window_ends_at_ms: number | undefined;
}

/** A company as it is configured on its current local date, and what is scheduled. */
export interface CompanyView {
  readonly name: string;
  readonly locale: string;
  readonly phone_number_ids: readonly string[];
  readonly today: LocalDate;
  readonly settings: SettingsVersion;
  readonly scheduled: SettingsVersion | undefined;
  /** All of its settings, in order of version: what a past date's days and policy are told by. */
  readonly settings_history: readonly SettingsVersion[];
  readonly contract: readonly ContractVersion[];
  readonly own_rates: readonly RateVersion[];
}

/** A company as it is listed. */
export interface ListedCompany {
  readonly company: CompanyId;
  readonly name: string;
  readonly locale: string;
  readonly closed_through: LocalDate;
  readonly phone_number_ids: readonly string[];
  /** In order of `version`. */
  readonly settings: readonly SettingsVersion[];
}

export type Reply =
  | { readonly type: "done" }
  /** Another try at an event that was kept back: null when it is metered now. */
  | { readonly type: "replayed"; readonly quarantine_reason: QuarantineReason | null }
  | {
    readonly type: "send_allowed";
    readonly window: WindowView | undefined;
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
    /** Phones and BSUIDs that were readable until now. */
    readonly names: number;
    /** Every key the person is known by. */
    readonly keys: readonly ContactKey[];
  }
  | { readonly type: "balance"; readonly balance: Balance }
  | { readonly type: "company"; readonly view: CompanyView }
  | { readonly type: "contact"; readonly view: ContactView }
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

/** A command that cannot be done, and what would make it so. Nothing has changed. */
export interface Refused {
  readonly type: "refused";
  readonly code: RefusalCode;
  /** One sentence that names the remedy. */
  readonly detail: string;
  /** The field at fault, from the root of the body: `["0", "feature"]`. */
  readonly path: readonly string[];
}

export type RefusalCode =
  | "window_closed"
  | "id_reused"
  | "unknown_feature"
  | "invalid"
  | "no_package"
  | "no_cancellation";

export function refused(code: RefusalCode, detail: string, path: readonly string[] = []): Refused {
  return { type: "refused", code, detail, path };
}

/** Why an event of Meta's could not be metered. It is kept, shown, and can be tried again. */
export type QuarantineReason = typeof QUARANTINE_REASONS[number];

export const QUARANTINE_REASONS = [
  "too_old",
  "in_the_future",
  "timestamp_unparseable",
  "unreadable",
  "unknown_phone_number",
  "identity_conflict",
  "month_final",
  // Whoever it speaks of was erased: nothing of it is left but that it came.
  "erased",
] as const;

/** There is no such company. */
export interface CompanyNotFound {
  readonly type: "no_company";
}

/**
 * The command was not carried out for certain, or may have been: the caller tries again. Facts are
 * idempotent, so that trying again is always safe.
 */
export interface Unavailable {
  readonly type: "unavailable";
  readonly reason: "overloaded" | "store_unreachable" | "taken_over" | "failed" | "stopping";
  readonly retry_after_s: number;
}

/** What whoever asks a company hears. */
export type Answer = Reply | CompanyNotFound | Unavailable;
