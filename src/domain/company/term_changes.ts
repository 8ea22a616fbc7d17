/** Commands on settings and contracts: their preconditions, and what they changed. */

import type { ContractVersion } from "../contract.ts";
import { isSuperseded, lastingVersions } from "../versions.ts";
import type { Refused, Reply } from "./command.ts";
import { type Conditional, contractRevision, settingsRevision, unmet } from "./precondition.ts";
import type { CompanyState } from "./state.ts";
import { companyView } from "./terms.ts";

/** What a command changed in a list of versions. Each list is in order of version, and may be empty. */
export interface VersionChanges<Version> {
  /** New versions that are in force. */
  readonly applied: readonly Version[];
  /** New versions that begin on a later date. */
  readonly scheduled: readonly Version[];
  /** Versions that were scheduled before, and now never begin. */
  readonly withdrawn: readonly Version[];
}

/** Runs a command on the settings if its precondition holds, and adds to the reply what it changed. */
export function changeSettings(state: CompanyState, command: Conditional, change: () => Reply): Reply {
  const { settings: before, today } = state;
  const reply = unmetBySettings(state, command) ?? change();
  if (reply.type !== "company") return reply;
  const added = state.settings.slice(before.length);
  const settings_changes = {
    applied: added.filter((version) => version.effective_from <= today),
    scheduled: added.filter((version) => version.effective_from > today),
    withdrawn: lastingVersions(before).filter((version) =>
      version.effective_from > today && isSuperseded(version, added)
    ),
  };
  return { ...reply, settings_changes };
}

/** Runs a command on the contract if its precondition holds, and adds to the reply what it changed. */
export function changeTerms(state: CompanyState, command: Conditional, change: () => Reply): Reply {
  const { contract: before, today } = state;
  const { precondition = {} } = command;
  const reply = unmet("contract", precondition, contractRevision(companyView(state))) ?? change();
  if (reply.type !== "company") return reply;
  const added = state.contract.slice(before.length);
  const agreed = added.filter(({ reason }) => reason !== "taken_back");
  const withdrawn = new Set(added.flatMap(({ withdraws }) => withdraws));
  const contract_changes: VersionChanges<ContractVersion> = {
    applied: agreed.filter(({ effective_from }) => effective_from <= today),
    scheduled: agreed.filter(({ effective_from }) => effective_from > today),
    withdrawn: before.filter(({ version }) => withdrawn.has(version)),
  };
  return { ...reply, contract_changes };
}

/** Checks the precondition of a command on the settings. Returns the refusal when it does not hold. */
export function unmetBySettings(state: CompanyState, { precondition }: Conditional): Refused | undefined {
  if (precondition === undefined) return undefined;
  return unmet("company", precondition, settingsRevision(companyView(state)));
}
