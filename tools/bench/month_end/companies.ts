import {
  businessNumber,
  customerWrote,
  numberedCustomer,
  signedBody,
  wamid,
  webhookOf,
} from "../../../tests/support/payloads.ts";
import { type Client, connect, disconnect } from "../../../src/postgres/connection.ts";
import { requestBytes } from "../requests.ts";

/** A service with many companies of one zone. */
export interface ServiceAccess {
  readonly url: string;
  readonly admin_key: string;
  readonly app_secret: string;
  readonly database_url: string;
}

/** Where all of the herd lives. */
const TIME_ZONE = "America/Sao_Paulo";
/** Credits a month of every company. */
const PACKAGE = 10_000;

/** Where a company that has just been made has rows. */
const COPIED = [
  "companies",
  "company_settings",
  "contract_versions",
  "phone_numbers",
  "periods",
  "ledger",
] as const;
/** Companies in one webhook that opens windows. */
const OPENED_AT_ONCE = 50;

/** Many companies of one zone with a package each, which live by the service's test clock. */
export class MonthEndCompanies {
  readonly size: number;
  #place: ServiceAccess;
  #ahead_ms = 0;
  #messages = 0;

  constructor(size: number, place: ServiceAccess) {
    this.size = size;
    this.#place = place;
  }

  /** The service was started anew, at another address. */
  useService(place: ServiceAccess): void {
    this.#place = place;
  }

  /** Makes one company as everybody does, and the others as copies of all its rows. */
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
    const client = await connect(this.#place.database_url, { application_name: "herd" });
    try {
      for (const table of COPIED) {
        await client.query(await copyOf(client, table), [companyNumbered(0), this.size - 1]);
      }
      // So that statements are planned for what there is now.
      await client.query("analyze");
    } finally {
      await disconnect(client);
    }
  }

  /** The local date it is for the herd. */
  async today(): Promise<Temporal.PlainDate> {
    const { now } = await this.#request("POST", "/v1/test_clock", { advance: "PT1S" });
    return Temporal.Instant.from(now).toZonedDateTimeISO(TIME_ZONE).toPlainDate();
  }

  /** Moves the clock to a local time; resolves when everybody whose day this ends is closed. */
  async moveTo(at: Temporal.PlainDateTime): Promise<void> {
    const now = at.toZonedDateTime(TIME_ZONE).toInstant();
    const moved = await this.#request("POST", "/v1/test_clock", { now: now.toString() });
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
    return customerWrote(businessNumber(company), numberedCustomer(customer), { id, at_s });
  }

  // deno-lint-ignore no-explicit-any
  async #request(method: string, path: string, body: unknown): Promise<any> {
    const response = await fetch(`${this.#place.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${this.#place.admin_key}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return await response.json();
  }
}

function companyNumbered(number: number): string {
  return `herd-${number}`;
}

/** Copies the rows of one company for as many others. Numbers of ours follow each other: see `lineNumbered`. */
async function copyOf(client: Client, table: typeof COPIED[number]): Promise<string> {
  const { rows } = await client.query<{ name: string }>(
    `select attname as name from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped`,
    [table],
  );
  const values: Record<string, string> = {
    company_id: "'herd-' || number",
    phone_number_id: "(phone_number_id::bigint + number)::text",
  };
  const names = rows.map(({ name }) => name);
  return `insert into ${table} (${names.join(", ")})
    select ${names.map((name) => values[name] ?? name).join(", ")}
    from ${table}, generate_series(1, $2::int) as number where company_id = $1`;
}
