/** Somebody who writes to a company, by the names they can be known by. */
export type IdentifierChoice = "phone" | "bsuid" | "both" | "second phone" | "second and bsuid";

/** An event of Meta's, told so long after it happened. */
export interface EventSpec {
  readonly kind: "wrote" | "noted" | "number changed" | "sent" | "delivered" | "read" | "failed";
  readonly company: number;
  readonly person: number;
  readonly identifiers: IdentifierChoice;
  readonly message: number;
  readonly template: boolean;
  readonly category: Category;
  readonly has_callback: boolean;
  readonly ago_ms: number;
  /** Over a number that nobody has claimed yet. */
  readonly new_number: boolean;
}

export type Category = "marketing" | "utility" | "authentication" | undefined;

export interface UsageSpec {
  readonly id: number;
  readonly feature: string;
  readonly quantity: number;
  /** Undefined: the service is to take its own time. */
  readonly ago_ms: number | undefined;
}

/** One thing that happens in the world. Times count from when it happens, so that a script can be shortened. */
export type Action =
  | { readonly do: "deliver"; readonly events: readonly EventSpec[]; readonly copies: number }
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
    readonly by: IdentifierChoice;
    readonly message: number;
    readonly kind: "template" | "free_form";
    readonly category: Category;
    /** Told by our own id of it, not by Meta's. */
    readonly own_id: boolean;
    readonly ago_ms: number | undefined;
    readonly copies: number;
  }
  | {
    readonly do: "agree";
    readonly company: number;
    readonly credits: number | null;
    readonly prorated: boolean;
    readonly price: string;
  }
  | { readonly do: "cancel"; readonly company: number }
  | { readonly do: "take back"; readonly company: number }
  | { readonly do: "own price"; readonly company: number; readonly feature: string; readonly credits: number }
  | {
    readonly do: "configure";
    readonly company: number;
    readonly time_zone: string;
    readonly policy: "charge" | "free";
    readonly new_number: boolean;
  }
  | { readonly do: "erase"; readonly company: number; readonly person: number; readonly by: IdentifierChoice }
  | {
    readonly do: "read contact";
    readonly company: number;
    readonly person: number;
    readonly by: IdentifierChoice;
  }
  | { readonly do: "quote"; readonly company: number }
  | { readonly do: "read"; readonly company: number }
  | { readonly do: "watch"; readonly company: number }
  | { readonly do: "unwatch"; readonly company: number }
  | { readonly do: "pass"; readonly ms: number }
  | {
    readonly do: "crash" | "stop";
    readonly process: number;
    readonly for_ms: number;
    readonly ahead_ms: number;
  }
  | { readonly do: "clock"; readonly process: number; readonly by_ms: number }
  | { readonly do: "wake"; readonly process: number }
  | { readonly do: "place"; readonly company: number; readonly process: number }
  | { readonly do: "calm" };

/** An action, and how many things may come to pass outside before the next. */
export type Step = Action & { readonly events_after: number };
