/**
 * Preconditions of changes to a company's settings and contract. The actor checks them on the state that the change is
 * decided on, so nothing can change in between: of two operators who read the same state, only the first can change it.
 */

import { hash } from "node:crypto";
import { scheduledAfter, versionOn } from "../contract.ts";
import type { CompanyView, Refused } from "./command.ts";
import { refused } from "./command.ts";

/** What must hold for a command to be executed (RFC 9110, 13.1.1 and 13.1.2). Revisions are compared as texts. */
export interface Precondition {
  /** The current revision must be one of these; `*`: there must be one. */
  readonly if_match?: "*" | readonly string[] | undefined;
  /** The current revision must be none of these; `*`: there must be none. */
  readonly if_none_match?: "*" | readonly string[] | undefined;
}

/** A command that is executed only if its precondition holds. Undefined: always. */
export interface Conditional {
  readonly precondition?: Precondition | undefined;
}

/** Returns the revision of a company's settings. It changes with every visible change of them, and with nothing else. */
export function settingsRevision(view: CompanyView): string {
  const { contract: _, own_rates: __, today: ___, calendar: ____, ...own } = view;
  const { settings_history, settings, scheduled, ...profile } = own;
  const versions = [settings_history.length, settings.version, scheduled?.version ?? 0];
  // The store returns the numbers sorted.
  const phone_number_ids = profile.phone_number_ids.toSorted();
  return hash("sha256", canonical({ ...profile, phone_number_ids, versions }), "hex").slice(0, 32);
}

/**
 * Returns the revision of a contract: the number of its versions, the version in force and the scheduled one.
 *
 * @returns undefined when there is no contract
 */
export function contractRevision({ contract, today }: CompanyView): string | undefined {
  const current = versionOn(contract, today);
  const scheduled = scheduledAfter(contract, today);
  if (current === undefined && scheduled === undefined) return undefined;
  return `${contract.length}.${current?.version ?? 0}.${scheduled?.version ?? 0}`;
}

/**
 * Checks a precondition.
 *
 * @param revision the current revision; undefined when the resource does not exist
 * @returns the refusal when it does not hold
 */
export function unmet(
  resource: "company" | "contract",
  { if_match, if_none_match }: Precondition,
  revision: string | undefined,
): Refused | undefined {
  if (if_match !== undefined && !matches(if_match, revision)) {
    return refused(
      "precondition_failed",
      revision === undefined
        ? `The ${resource} does not exist: send the request without If-Match to create it`
        : `The ${resource} has changed since you read it: read it again, and send your change with its new ETag`,
    );
  }
  if (if_none_match === undefined || !matches(if_none_match, revision)) return undefined;
  const remedy = "read it, and send your change with its ETag in If-Match";
  return refused("precondition_failed", `The ${resource} exists already: ${remedy}`);
}

function matches(revisions: "*" | readonly string[], revision: string | undefined): boolean {
  return revision !== undefined && (revisions === "*" || revisions.includes(revision));
}

/** Formats a value as JSON with sorted keys: the actor and the store order them differently. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part) => {
    if (typeof part !== "object" || part === null || Array.isArray(part)) return part;
    return Object.fromEntries(Object.entries(part).sort(([a], [b]) => a < b ? -1 : 1));
  });
}
