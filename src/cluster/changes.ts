/** Changes that every node has in memory: a node announces its own to the others, which read them again. */

import type { Bus } from "../ports/placement.ts";

/** What has changed. */
export interface Changes {
  /** The rate card. */
  rates(): void;
  /** The claims of these phone numbers. */
  phoneNumbers(phone_number_ids: readonly string[]): void;
}

/** Reads again what other nodes have changed. */
export interface ChangeReaders extends Changes {
  /** Reads again all that they may have changed: announcements may have been lost. */
  all(): void;
}

/** The subject of announcements. */
export const CHANGES = "changes";

/** A message about changes. */
interface Announcement {
  readonly rates?: true;
  readonly phone_numbers?: readonly string[];
}

/** Announces changes to the other nodes. */
export class ChangeAnnouncements implements Changes {
  readonly #bus: Bus;

  constructor(bus: Bus) {
    this.#bus = bus;
  }

  rates(): void {
    this.#announce({ rates: true });
  }

  phoneNumbers(phone_numbers: readonly string[]): void {
    this.#announce({ phone_numbers });
  }

  /** Receives the announcements of all nodes, until disposed. @param changes is called for each */
  receive(changes: Changes): Disposable {
    return this.#bus.subscribe(CHANGES, (message) => {
      const { rates, phone_numbers }: Announcement = JSON.parse(new TextDecoder().decode(message));
      if (rates) changes.rates();
      if (phone_numbers !== undefined) changes.phoneNumbers(phone_numbers);
    });
  }

  #announce(announcement: Announcement): void {
    this.#bus.publish(CHANGES, new TextEncoder().encode(JSON.stringify(announcement)));
  }
}
