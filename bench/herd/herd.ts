import {
  customerNumbered,
  customerWrote,
  lineNumbered,
  signedBody,
  wamid,
  webhookOf,
} from "../../demo/payloads.ts";
import { connect, disconnect } from "../../src/store/connection.ts";
import { requestBytes } from "../requests.ts";

/** A service with many companies of one zone. */
export interface HerdPlace {
  readonly url: string;
  readonly admin_key: string;
  readonly app_secret: string;
  readonly database_url: string;
}

/** Where all of the herd lives. */
export const TIME_ZONE = "America/Sao_Paulo";
/** Credits a month of every company. */
export const PACKAGE = 10_000;

/** Requests under way while the herd is made. */
const MADE_AT_ONCE = 24;
/** Companies in one webhook that opens windows. */
const OPENED_AT_ONCE = 50;

/** Many companies of one zone with a package each, which live by the service's test clock. */
export class Herd {
  readonly size: number;
  #place: HerdPlace;
  #ahead_ms = 0;
  #messages = 0;

  constructor(size: number, place: HerdPlace) {
    this.size = size;
    this.#place = place;
  }

  /** The service was started anew, at another address. */
  movesTo(place: HerdPlace): void {
    this.#place = place;
  }

  /** Makes the companies, or completes them. */
  async make(progress: (made: number) => void): Promise<void> {
    let next = 0;
    await Promise.all(Array.from({ length: MADE_AT_ONCE }, async () => {
      for (let number = next++; number < this.size; number = next++) {
        const path = `/v1/companies/${companyNumbered(number)}`;
        await this.#ask("PUT", path, {
          name: `Companhia ${number}`,
          time_zone: TIME_ZONE,
          phone_number_ids: [lineNumbered(number).phone_number_id],
        });
        await this.#ask("PUT", `${path}/contract`, {
          package: { credits: PACKAGE, price: "50.00" },
          excess_credit_price: "0.75",
          currency: "BRL",
        });
        progress(number + 1);
      }
    }));
  }

  /** The local date it is for the herd. */
  async today(): Promise<Temporal.PlainDate> {
    const { now } = await this.#ask("POST", "/v1/test_clock", { advance: "PT1S" });
    return Temporal.Instant.from(now).toZonedDateTimeISO(TIME_ZONE).toPlainDate();
  }

  /** Moves the clock to a local time; resolves when everybody whose day this ends is closed. */
  async moveTo(at: Temporal.PlainDateTime): Promise<void> {
    const now = at.toZonedDateTime(TIME_ZONE).toInstant();
    const moved = await this.#ask("POST", "/v1/test_clock", { now: now.toString() });
    this.#ahead_ms = Temporal.Instant.from(moved.now).epochMilliseconds - Date.now();
  }

  /** One customer writes to each company. */
  async openWindows(): Promise<void> {
    for (let number = 0; number < this.size; number += OPENED_AT_ONCE) {
      const length = Math.min(OPENED_AT_ONCE, this.size - number);
      const changes = Array.from({ length }, (_, i) => this.#written(number + i, number + i));
      const { body, signature } = signedBody(webhookOf(...changes), this.#place.app_secret);
      const headers = { "content-type": "application/json", "x-hub-signature-256": signature };
      const response = await fetch(`${this.#place.url}/webhooks/whatsapp`, { method: "POST", headers, body });
      await response.body?.cancel();
      if (!response.ok) throw new Error(`windows could not be opened: ${response.status}`);
    }
  }

  /** A webhook with one message to one of the first companies: of somebody new every other time. */
  nextWebhook(busy: number): Uint8Array {
    const company = this.#messages % busy;
    const customer = this.size + (this.#messages >> 1);
    return requestBytes(signedBody(webhookOf(this.#written(company, customer)), this.#place.app_secret));
  }

  /**
   * Whether everybody's month is closed, with what was left of it expired, and everybody's next one has its package.
   *
   * @returns what is not so, in plain words
   */
  async unclosed(last_day: Temporal.PlainDate): Promise<string[]> {
    const client = await connect(this.#place.database_url, { application_name: "herd" });
    const month = last_day.toString().slice(0, 7);
    const next_month = last_day.add({ days: 1 }).toString().slice(0, 7);
    const wrong: string[] = [];
    const expect = async (what: string, sql: string, values: unknown[]) => {
      const { rows } = await client.query<{ count: bigint }>(`select count(*) as count from ${sql}`, values);
      if (Number(rows[0]!.count) !== this.size) wrong.push(`${what}: ${rows[0]!.count} of ${this.size}`);
    };
    try {
      await expect("closed", "companies where closed_through = $1", [last_day.toString()]);
      await expect("months closed", "periods where month = $1 and closed", [month]);
      const renewed = "periods where month = $1 and not closed and granted = $2";
      await expect("months renewed", renewed, [next_month, PACKAGE]);
      await expect("grants", "ledger where type = 'grant' and period = $1", [next_month]);
      await expect("expiries", "ledger where type = 'expiry' and period = $1", [month]);
      return wrong;
    } finally {
      await disconnect(client);
    }
  }

  #written(company: number, customer: number) {
    const at_s = Math.floor((Date.now() + this.#ahead_ms) / 1000);
    const id = wamid(`herd ${this.#messages++}`);
    return customerWrote(lineNumbered(company), customerNumbered(customer), { id, at_s });
  }

  // deno-lint-ignore no-explicit-any
  async #ask(method: string, path: string, body: unknown): Promise<any> {
    const response = await fetch(`${this.#place.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${this.#place.admin_key}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return await response.json();
  }
}

export function companyNumbered(number: number): string {
  return `herd-${number}`;
}
