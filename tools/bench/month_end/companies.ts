import {
  businessNumber,
  customerWrote,
  numberedCustomer,
  signedBody,
  wamid,
  webhookOf,
} from "../../../tests/support/payloads.ts";
import { connect, disconnect } from "../../../src/postgres/connection.ts";
import { copyCompany } from "../company_copies.ts";
import { requestBytes } from "../requests.ts";

/** The addresses and secrets of the service under load. */
export interface ServiceAccess {
  readonly url: string;
  readonly admin_key: string;
  readonly app_secret: string;
  readonly database_url: string;
}

/** The time zone of all companies. */
const TIME_ZONE = "America/Sao_Paulo";
const PREFIX = "month-end-";
/** The credits of every company's package. */
const PACKAGE = 10_000;

/** Companies in one webhook that opens windows. */
const OPENED_AT_ONCE = 50;

/** Many companies of one zone, each with a package, on the service's test clock. */
export class MonthEndCompanies {
  readonly size: number;
  #access: ServiceAccess;
  #ahead_ms = 0;
  #messages = 0;

  constructor(size: number, access: ServiceAccess) {
    this.size = size;
    this.#access = access;
  }

  /** Uses a restarted service at another address. */
  useService(access: ServiceAccess): void {
    this.#access = access;
  }

  /** Creates one company through the API, and the others as copies of its rows. */
  async create(): Promise<void> {
    const path = `/v1/companies/${companyNumbered(0)}`;
    const { phone_number_id } = businessNumber(0);
    await this.#request("PUT", path, {
      name: "Companhia",
      time_zone: TIME_ZONE,
      phone_number_ids: [phone_number_id],
    });
    await this.#request("PUT", `${path}/contract`, {
      package: { credits: PACKAGE, price: "50.00" },
      excess_credit_price: "0.75",
      currency: "BRL",
    });
    const client = await connect(this.#access.database_url, { application_name: "month-end load" });
    try {
      await copyCompany(client, companyNumbered(0), { prefix: PREFIX, count: this.size - 1 });
      // Statements are planned for the current table sizes.
      await client.query("analyze");
    } finally {
      await disconnect(client);
    }
  }

  /** Returns the companies' local date. */
  async today(): Promise<Temporal.PlainDate> {
    const { now } = await this.#request("POST", "/v1/test_clock", { advance: "PT1S" });
    return Temporal.Instant.from(now).toZonedDateTimeISO(TIME_ZONE).toPlainDate();
  }

  /** Moves the clock to a local time. Resolves when every day that has ended is closed. */
  async moveTo(at: Temporal.PlainDateTime): Promise<void> {
    const now = at.toZonedDateTime(TIME_ZONE).toInstant();
    const moved = await this.#request("POST", "/v1/test_clock", { now: now.toString() });
    this.#ahead_ms = Temporal.Instant.from(moved.now).epochMilliseconds - Date.now();
  }

  /** Opens a window in each company: one customer writes to it. */
  async openWindows(): Promise<void> {
    for (let number = 0; number < this.size; number += OPENED_AT_ONCE) {
      const length = Math.min(OPENED_AT_ONCE, this.size - number);
      const changes = Array.from({ length }, (_, i) => this.#message(number + i, number + i));
      const { body, signature } = signedBody(webhookOf(...changes), this.#access.app_secret);
      const headers = { "content-type": "application/json", "x-hub-signature-256": signature };
      const response = await fetch(`${this.#access.url}/webhooks/whatsapp`, {
        method: "POST",
        headers,
        body,
      });
      await response.body?.cancel();
      if (!response.ok) {
        throw new Error(`the service answered ${response.status} to a webhook that opens windows`);
      }
    }
  }

  /** Returns a webhook with one message to one of the first `busy` companies; every second one is of a new customer. */
  nextWebhook(busy: number): Uint8Array {
    const company = this.#messages % busy;
    const customer = this.size + (this.#messages >> 1);
    return requestBytes(signedBody(webhookOf(this.#message(company, customer)), this.#access.app_secret));
  }

  /**
   * Checks that every company's month is closed, its unused credits expired, and its next month has its package.
   *
   * @returns the differences, in plain words
   */
  async findDifferences(last_day: Temporal.PlainDate): Promise<string[]> {
    const client = await connect(this.#access.database_url, { application_name: "month-end load" });
    const month = last_day.toString().slice(0, 7);
    const next_month = last_day.add({ days: 1 }).toString().slice(0, 7);
    const differences: string[] = [];
    const expect = async (what: string, sql: string, values: unknown[]) => {
      const { rows } = await client.query<{ count: bigint }>(`select count(*) as count from ${sql}`, values);
      if (Number(rows[0]!.count) !== this.size) {
        differences.push(`${what}: ${rows[0]!.count} of ${this.size}`);
      }
    };
    try {
      await expect("closed", "companies where closed_through = $1", [last_day.toString()]);
      await expect("months closed", "periods where month = $1 and closed", [month]);
      const renewed = "periods where month = $1 and not closed and granted = $2";
      await expect("months renewed", renewed, [next_month, PACKAGE]);
      const of_month = "to_char(local_date, 'YYYY-MM') = $1";
      await expect("grants", `ledger where type = 'grant' and ${of_month}`, [next_month]);
      await expect("expiries", `ledger where type = 'expiry' and ${of_month}`, [month]);
      return differences;
    } finally {
      await disconnect(client);
    }
  }

  #message(company: number, customer: number) {
    const at_s = Math.floor((Date.now() + this.#ahead_ms) / 1000);
    const id = wamid(`month-end ${this.#messages++}`);
    return customerWrote(businessNumber(company), numberedCustomer(customer), { id, at_s });
  }

  // deno-lint-ignore no-explicit-any
  async #request(method: string, path: string, body: unknown): Promise<any> {
    const response = await fetch(`${this.#access.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${this.#access.admin_key}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return await response.json();
  }
}

function companyNumbered(number: number): string {
  return `${PREFIX}${number}`;
}
