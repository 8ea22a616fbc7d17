import type { MessagePricing } from "../../src/domain/meta_costs/fact_pricing.ts";

/** The identifiers that an event or a call gives of a person; `other` is the phone in its other spelling. */
export type IdentifierChoice =
  | "phone"
  | "bsuid"
  | "both"
  | "other spelling"
  | "other and bsuid"
  | "second phone"
  | "second and bsuid"
  | "parent"
  | "parent and bsuid";

/** An event from Meta, delivered `ago_ms` after it happened. */
export interface EventSpec {
  readonly kind: "wrote" | "noted" | "called" | "number changed" | "sent" | "delivered" | "read" | "failed";
  readonly company: number;
  readonly person: number;
  readonly identifiers: IdentifierChoice;
  readonly message: number;
  readonly template: boolean;
  readonly category: Category;
  readonly has_callback: boolean;
  /** What a status says of the price; undefined: the service does not read it. */
  readonly pricing: MessagePricing | undefined;
  readonly ago_ms: number;
  /** Whether the event arrives on the company's second number, which it may not have claimed yet. */
  readonly new_number: boolean;
  /** Whether a customer's message is the last one of that person again, perhaps under other identifiers. */
  readonly again: boolean;
}

/** The category of a template, if one is given. */
export type Category = "marketing" | "utility" | "authentication" | undefined;

/** One item of a usage report. */
export interface UsageSpec {
  readonly id: number;
  readonly feature: string;
  readonly quantity: number;
  /** Undefined: the report gives no time, and the service uses its own. */
  readonly ago_ms: number | undefined;
}

/** A fault of a cluster: of a node, or between nodes. */
export type NodeAction =
  | {
    readonly do: "pause" | "cut from NATS" | "cut from Postgres";
    readonly process: number;
    readonly for_ms: number;
  }
  | { readonly do: "stop NATS" | "silence NATS" | "restart Postgres"; readonly for_ms: number }
  | { readonly do: "lose subscriptions"; readonly process: number }
  | { readonly do: "add node"; readonly ahead_ms: number; readonly zone_data: number };

/** One action of a script. Its times are relative to the moment it happens, so a script can be shortened. */
export type Action =
  | { readonly do: "deliver"; readonly events: readonly EventSpec[]; readonly copies: number }
  | {
    readonly do: "deliver to the moving number";
    readonly events: readonly EventSpec[];
    readonly copies: number;
  }
  | {
    readonly do: "use";
    readonly company: number;
    readonly items: readonly UsageSpec[];
    readonly copies: number;
  }
  | {
    readonly do: "send";
    readonly company: number;
    readonly person: number;
    readonly identifiers: IdentifierChoice;
    readonly message: number;
    readonly kind: "template" | "free_form";
    readonly category: Category;
    /** Whether the report names the message by our own id instead of the wamid. */
    readonly own_id: boolean;
    readonly ago_ms: number | undefined;
    readonly copies: number;
  }
  | {
    readonly do: "report send failure";
    readonly company: number;
    readonly person: number;
    readonly message: number;
    readonly own_id: boolean;
    readonly ago_ms: number | undefined;
    readonly copies: number;
  }
  | {
    readonly do: "agree contract";
    readonly company: number;
    readonly credits: number | null;
    readonly prorated: boolean;
    readonly price: string;
  }
  | { readonly do: "cancel"; readonly company: number }
  | { readonly do: "withdraw cancellation"; readonly company: number }
  | {
    readonly do: "override rate";
    readonly company: number;
    readonly feature: string;
    readonly credits: number;
  }
  | {
    readonly do: "configure";
    readonly company: number;
    readonly time_zone: string;
    readonly policy: "charge" | "free";
    readonly new_number: boolean;
    /** Whether it claims the number that moves between companies; without, it gives it up. */
    readonly moving_number: boolean;
  }
  | {
    readonly do: "erase";
    readonly company: number;
    readonly person: number;
    readonly identifiers: IdentifierChoice;
  }
  | {
    readonly do: "read contact";
    readonly company: number;
    readonly person: number;
    readonly identifiers: IdentifierChoice;
  }
  | {
    readonly do: "set account";
    readonly company: number;
    readonly account_id: string;
    readonly time_zone: string;
  }
  | { readonly do: "quote"; readonly company: number }
  | { readonly do: "read"; readonly company: number }
  | { readonly do: "watch"; readonly company: number }
  | { readonly do: "unwatch"; readonly company: number }
  | { readonly do: "advance"; readonly ms: number }
  | {
    readonly do: "crash" | "stop";
    readonly process: number;
    readonly for_ms: number;
    readonly ahead_ms: number;
    /** The zone data it starts with: an index of `ZONE_DATA`. */
    readonly zone_data: number;
  }
  | { readonly do: "clock"; readonly process: number; readonly by_ms: number }
  | { readonly do: "run due work"; readonly process: number }
  | { readonly do: "place"; readonly company: number; readonly process: number }
  | NodeAction
  | { readonly do: "quiesce" };

/** An action and the number of event-loop steps before the next action. */
export type Step = Action & { readonly events_after: number };
