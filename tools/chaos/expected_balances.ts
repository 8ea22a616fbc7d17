/** Compares the service's view of a company with a plain fold over its deliveries. */

import { expectedTotals, type Fact, type Rules } from "../../tests/support/oracle.ts";
import type { Client } from "../../tests/support/service.ts";
import { type Company, type Delivery, USED_FEATURE } from "./deliveries.ts";

/** The credits of every company's package. */
export const PACKAGE = 400;

/** The charges of a company by its deliveries, contact by contact. */
export class ExpectedBalance {
  readonly company: Company;
  readonly #facts: Fact[] = [];
  /** By phone, all deliveries with a fact of the contact. */
  readonly #deliveries_by_phone = new Map<string, Delivery[]>();

  constructor(company: Company, deliveries: readonly Delivery[]) {
    this.company = company;
    for (const delivery of deliveries) {
      for (const company_fact of delivery.facts) {
        if (company_fact.company !== company) continue;
        this.#facts.push(company_fact.fact);
        if (company_fact.fact.type === "usage" || company_fact.fact.type === "changed") continue;
        const phone = company_fact.fact.who.phone!;
        this.#deliveries_by_phone.set(phone, [...this.#deliveries_by_phone.get(phone) ?? [], delivery]);
      }
    }
  }

  /**
   * Checks contacts whose deliveries are all acknowledged: they have exactly the windows that those open.
   *
   * @returns the differences, in plain words
   */
  async findLost(client: Client): Promise<string[]> {
    const stored = await windowsOf(client, this.company.id);
    const differences: string[] = [];
    for (const [phone, expected] of this.#windows()) {
      const deliveries = this.#deliveries_by_phone.get(phone)!;
      if (deliveries.some(({ answer }) => answer === undefined)) continue;
      const names = deliveries.map(({ name }) => name).join(", ");
      const stored_windows = stored.get(phone) ?? new Set();
      for (const window of expected.difference(stored_windows)) {
        differences.push(`lost: ${names} (answered 200): ${this.company.id} has no ${window} of ${phone}`);
      }
      for (const window of stored_windows.difference(expected)) {
        differences.push(
          `charged without a delivery: ${this.company.id} has ${window} of ${phone} (${names})`,
        );
      }
    }
    for (const phone of stored.keys()) {
      if (!this.#deliveries_by_phone.has(phone)) {
        differences.push(`${this.company.id} has a window of ${phone}, an unknown contact`);
      }
    }
    return differences;
  }

  /**
   * Checks windows, day totals and the balance, once all deliveries are acknowledged.
   *
   * @returns the differences, in plain words
   */
  async differences(client: Client): Promise<string[]> {
    const { id } = this.company;
    const differences = await this.findLost(client);
    const expected = this.#totals();
    const dates = [...expected.keys()].map((key) => key.slice(0, 10)).sort();
    const balance = await client.balance(id);
    const from = dates[0] ?? balance.closed_through;
    const { data } = await client.ok("GET", `/v1/companies/${id}/usage?from=${from}`);
    // deno-lint-ignore no-explicit-any
    const stored = new Map<string, string>(data.map((row: any) => {
      return [`${row.day} ${row.feature} ${row.direction}`, `${row.units} for ${row.credits}`];
    }));
    for (const key of new Set([...expected.keys(), ...stored.keys()])) {
      if (expected.get(key) === stored.get(key)) continue;
      differences.push(
        `${id}, ${key}: ${stored.get(key) ?? "nothing"} instead of ${expected.get(key) ?? "nothing"}`,
      );
    }
    return [...differences, ...this.#balanceDifferences(balance)];
  }

  /** The number of expected windows. */
  get windows(): number {
    return [...this.#windows().values()].reduce((sum, { size }) => sum + size, 0);
  }

  // deno-lint-ignore no-explicit-any
  #balanceDifferences(balance: any): string[] {
    const { id, time_zone } = this.company;
    const today = Temporal.Instant.from(balance.as_of).toZonedDateTimeISO(time_zone).toPlainDate();
    const consumed = this.#consumedIn(balance.period);
    const expected = {
      period: today.toString().slice(0, 7),
      closed_through: today.subtract({ days: 1 }).toString(),
      granted: PACKAGE,
      consumed,
      available: Math.max(0, PACKAGE - consumed),
      excess: Math.max(0, consumed - PACKAGE),
    };
    return Object.entries(expected).filter(([name, value]) => balance[name] !== value)
      .map(([name, value]) => `${id}: balance shows ${name} ${balance[name]} instead of ${value}`);
  }

  #consumedIn(month: string): number {
    return [...this.#charges()].filter(([key]) => key.startsWith(month))
      .reduce((sum, [, { credits }]) => sum + credits, 0);
  }

  #totals(): Map<string, string> {
    const stored = [...this.#charges()].map(([key, { units, credits }]): [string, string] => {
      return [key, `${units} for ${credits}`];
    });
    return new Map(stored);
  }

  #charges(): Map<string, { units: number; credits: number }> {
    const charges = new Map<string, { units: number; credits: number }>();
    const usages = this.#facts.filter(({ type }) => type === "usage");
    for (const part of [expectedTotals(usages, this.#rules()), ...this.#chargesByContact().values()]) {
      for (const [key, { units, credits }] of Object.entries(part)) {
        const sum = charges.get(key) ?? { units: 0, credits: 0 };
        charges.set(key, { units: sum.units + units, credits: sum.credits + credits });
      }
    }
    return charges;
  }

  /** Returns windows by phone, each as `2026-11-03 inbound`. */
  #windows(): Map<string, Set<string>> {
    return new Map(
      [...this.#chargesByContact()].map((
        [phone, charges],
      ) => [phone, new Set(Object.keys(charges).map(windowOf))]),
    );
  }

  /** Folds each contact alone: every contact here has one identifier. */
  #chargesByContact() {
    const facts = this.#facts.filter((fact) => fact.type !== "usage" && fact.type !== "changed");
    const by_phone = Map.groupBy(facts, ({ who }) => who.phone!);
    return new Map(
      [...by_phone].map(([phone, of_phone]) => [phone, expectedTotals(of_phone, this.#rules())]),
    );
  }

  #rules(): Rules {
    return {
      time_zone: this.company.time_zone,
      policy: "charge",
      prices: { "whatsapp.inbound": 1, "whatsapp.outbound": 1, [USED_FEATURE.feature]: USED_FEATURE.credits },
    };
  }
}

function windowOf(key: string): string {
  const [date, , direction] = key.split(" ");
  return `${date} ${direction}`;
}

/** Reads the windows of a company, by phone. */
async function windowsOf(client: Client, company: string): Promise<Map<string, Set<string>>> {
  const windows = new Map<string, Set<string>>();
  for (let cursor = "";;) {
    const page = await client.ok("GET", `/v1/companies/${company}/windows?limit=200${cursor}`);
    for (const { contact, local_date, direction } of page.data) {
      const phone = String(contact).replace(/\D/g, "");
      windows.set(phone, (windows.get(phone) ?? new Set()).add(`${local_date} ${direction}`));
    }
    if (page.next_cursor === null) return windows;
    cursor = `&cursor=${page.next_cursor}`;
  }
}
