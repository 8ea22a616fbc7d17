/** What each node has in memory and any node may change: the rate card, and the owners of phone numbers. */

import { PhoneDirectory } from "../../actors/phone_directory.ts";
import type { PhoneClaimStore } from "../../actors/phone_directory.ts";
import { RateCard, type RateCardStore } from "../../actors/rate_card.ts";
import { reportError } from "../observability/log.ts";
import type { RateCardAdmin } from "../ports/prices.ts";
import type { Clock } from "../ports/runtime.ts";
import type { ChangeReaders, Changes } from "./changes.ts";

/** What the shared state depends on. */
export interface SharedStateDependencies {
  readonly clock: Clock;
  readonly rates: RateCardStore;
  readonly phone_numbers: PhoneClaimStore;
  /** Makes the other nodes read again what has changed here. */
  readonly announce: Changes;
}

/** The rate card and the owners of phone numbers, and the ways to change them that other nodes notice. */
export interface SharedState {
  readonly rates: RateCard;
  readonly directory: PhoneDirectory;
  /** Sets rates on all nodes. */
  readonly rate_card: RateCardAdmin;
  /** Reads claims again on all nodes. */
  readonly claims: Pick<PhoneDirectory, "lookUp">;
  /** Reads again what other nodes have changed. */
  readonly readers: ChangeReaders;
  /** Reads everything again. Rejects when the store cannot be reached. */
  refresh(): Promise<void>;
}

/** Builds the rate card and the phone directory. Both are empty until they are refreshed. */
export function createSharedState(
  { clock, rates: rate_store, phone_numbers, announce }: SharedStateDependencies,
): SharedState {
  const rates = new RateCard(clock, rate_store);
  const directory = new PhoneDirectory(clock, phone_numbers);
  const refresh = async () => void await Promise.all([rates.refresh(), directory.refresh()]);
  return {
    rates,
    directory,
    refresh,
    rate_card: {
      list: () => rates.list(),
      find: (feature) => rates.find(feature),
      setRate: async (request, changed_by) => {
        const set = await rates.setRate(request, changed_by);
        announce.rates();
        return set;
      },
    },
    claims: {
      lookUp: async (numbers) => {
        await directory.lookUp(numbers);
        announce.phoneNumbers(numbers);
      },
    },
    readers: {
      all: () => void refresh().catch(reportError("read the changes of other nodes")),
      rates: () => void rates.refresh().catch(reportError("read the rate card")),
      phoneNumbers: (numbers) => void directory.lookUp(numbers).catch(reportError("read phone numbers")),
    },
  };
}
