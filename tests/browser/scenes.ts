/** Companies in the states that the page must show, created through the public API and the test clock. */

import assert from "node:assert/strict";
import { BAKERY } from "../../tools/demo/company.ts";
import { backfill } from "../../tools/demo/backfill.ts";
import {
  type BusinessNumber,
  businessNumber,
  type Change,
  customerWrote,
  numberedCustomer,
  templateStatuses,
  wamid,
} from "../support/payloads.ts";
import { Api } from "../../tools/demo/api.ts";
import { createBakery } from "../../tools/demo/setup.ts";
import { type Client, seconds, SECRETS } from "../support/service.ts";

/** The time zone of all companies. */
export const ZONE = "America/Sao_Paulo";

/** A company of one test. */
export interface Company {
  readonly company: string;
  readonly line: BusinessNumber;
  readonly path: string;
}

let companies_created = 0;

/** Creates a company with its own WhatsApp number. */
export async function createCompany(client: Client, company: string, profile: object = {}): Promise<Company> {
  // The bakery of the demo has numbers 1 and 2.
  const line = businessNumber(100 + companies_created++);
  const path = `/v1/companies/${company}`;
  await priceAutomations(client);
  await client.ok("PUT", path, {
    name: "Padaria do Bairro",
    time_zone: ZONE,
    locale: "pt-BR",
    phone_number_ids: [line.phone_number_id],
    ...profile,
  });
  return { company, line, path };
}

/** Sets the price that `reportUsage` needs, as the demo does. */
async function priceAutomations(client: Client): Promise<void> {
  const path = "/v1/features/automation.run";
  if ((await client.call("GET", path)).status === 404) {
    await client.ok("PUT", path, BAKERY.features["automation.run"]);
  }
}

/** Creates a contract with a package, or without one. */
export async function setPackage(client: Client, { path }: Company, credits: number | null): Promise<void> {
  await client.ok("PUT", `${path}/contract`, {
    package: credits === null ? null : { credits, price: "135.00" },
    excess_credit_price: "0.12",
    currency: "BRL",
  });
}

/** Reports uses of a feature now, in requests of 1,000. */
export async function reportUsage(
  client: Client,
  { path }: Company,
  id: string,
  count: number,
): Promise<void> {
  for (let from = 0; from < count; from += 1_000) {
    const length = Math.min(1_000, count - from);
    const item = (_: unknown, i: number) => ({
      id: `${id}-${from + i}`,
      feature: "automation.run",
      quantity: 1,
    });
    await client.ok("POST", `${path}/usage`, Array.from({ length }, item));
  }
}

/** Delivers one message now from each of the numbered customers. */
export async function receiveMessages(
  client: Client,
  company: Company,
  ...numbers: readonly number[]
): Promise<void> {
  const at_s = await serviceTime(client, company);
  await deliver(client, numbers.map((number) => messageAt(company, number, at_s)));
}

/** Delivers the statuses of a template that a customer reads. */
export async function sendTemplate(client: Client, company: Company, number: number): Promise<void> {
  const sent_at_s = await serviceTime(client, company) - 60;
  const spec = { id: wamid(`${company.company} template ${number}`), sent_at_s };
  await deliver(client, templateStatuses(company.line, numberedCustomer(number), spec));
}

/** Builds a customer's message at a time. */
export function messageAt({ company, line }: Company, number: number, at_s: number): Change {
  return customerWrote(line, numberedCustomer(number), { id: wamid(`${company} ${number} ${at_s}`), at_s });
}

/** Delivers changes in one webhook. */
export async function deliver(client: Client, changes: readonly Change[]): Promise<void> {
  assert.equal(await client.deliver(...changes), 200);
}

/** Returns the service's time in Unix seconds. */
export async function serviceTime(client: Client, { path }: Pick<Company, "path">): Promise<number> {
  const { as_of } = await client.ok("GET", `${path}/balance`);
  return seconds(Temporal.Instant.from(as_of));
}

/** Moves the service's clock to a local time, such as `2031-04-30T23:59`. */
export async function moveClockTo(client: Client, local: string): Promise<void> {
  const at = Temporal.PlainDateTime.from(local).toZonedDateTime(ZONE).toInstant();
  await client.ok("POST", "/v1/test_clock", { now: at.toString() });
}

/** The start of the story: far in the future, so that the machine's date does not matter. */
const OPENED_ON = "2031-03-01";
/** The current time of the story: an afternoon in the middle of its second month. */
const STORY_NOW = "2031-04-16T14:30";

/** A state of the page: a company and the query of the address. */
export interface Scene {
  readonly name: string;
  readonly company: string;
  /** The query after `?`. */
  readonly query: string;
}

/** The states of the page for tests and screenshots, after {@link createScenes}. */
export const SCENES: readonly Scene[] = [
  { name: "in the middle of a month", company: BAKERY.company, query: "" },
  {
    name: "a closed month with late entries",
    company: BAKERY.company,
    query: `month=${OPENED_ON.slice(0, 7)}`,
  },
  { name: "history filtered", company: BAKERY.company, query: "feature=whatsapp.inbound&late=true" },
  { name: "nothing yet", company: "vazia", query: "" },
  { name: "no package", company: "sem-pacote", query: "" },
  { name: "all used, in excess", company: "esgotada", query: "" },
  { name: "many windows open", company: "movimentada", query: "windows=all" },
];

/**
 * Creates a company in each state: the demo's bakery with a month and a half of history, and others that are new,
 * without a package, or out of credits.
 */
export async function createScenes(client: Client, url: string): Promise<void> {
  await moveClockTo(client, `${OPENED_ON}T00:00`);
  await backfillBakery(url);
  await createCompany(client, "vazia", { name: "Floricultura Vazia" });
  const unpacked = await createCompany(client, "sem-pacote", { name: "Oficina sem Pacote" });
  await setPackage(client, unpacked, null);
  await receiveMessages(client, unpacked, 1, 2, 3);
  await reportUsage(client, unpacked, "run", 20);
  const used_up = await createCompany(client, "esgotada", { name: "Academia Esgotada" });
  await setPackage(client, used_up, 100);
  await reportUsage(client, used_up, "run", 131);
  await receiveMessages(client, used_up, 1, 2);
  await sendTemplate(client, used_up, 2);
  const busy = await createCompany(client, "movimentada", { name: "Clínica Movimentada", locale: "en" });
  await setPackage(client, busy, 1_000);
  await receiveMessages(client, busy, ...Array.from({ length: 120 }, (_, i) => i));
}

/** Backfills the demo's story at fixed instants. */
async function backfillBakery(url: string): Promise<void> {
  const address = { url, admin_key: SECRETS.ADMIN_KEY, app_secret: SECRETS.META_APP_SECRET };
  const signal = AbortSignal.timeout(300_000);
  const api = new Api(address, signal);
  await createBakery(api);
  const until = Temporal.PlainDateTime.from(STORY_NOW).toZonedDateTime(ZONE);
  const range = { opened_on: Temporal.PlainDate.from(OPENED_ON), until_s: until.epochMilliseconds / 1000 };
  await backfill(api, range, { update: () => {} }, signal);
}
