import { type Contract, dataOf, type Offer, type Profile } from "../../client/mod.ts";
import type { BusinessNumber } from "../../tests/support/payloads.ts";
import { BAKERY, COUNTER_LINE, DELIVERY_LINE } from "./company.ts";
import type { Api } from "./api.ts";
import meta_rates from "./meta_rates.csv" with { type: "text" };
import { NEIGHBOURS } from "./neighbours.ts";

/** Creates the example company if it does not exist. */
export async function createBakery({ credits }: Api): Promise<void> {
  if (await readContract(credits, BAKERY.company) !== undefined) return;
  for (const [code, body] of Object.entries(BAKERY.features)) {
    await dataOf(credits.api.PUT("/v1/features/{code}", { params: { path: { code } }, body }));
  }
  await createCompany(credits, BAKERY.company, BAKERY.profile, BAKERY.contract);
  await nameNumbers(credits, [COUNTER_LINE, DELIVERY_LINE]);
}

/** Creates the bakery's neighbours that do not exist. */
export async function createNeighbours({ credits }: Api): Promise<void> {
  for (const { company, profile, contract, line } of NEIGHBOURS) {
    if (await readContract(credits, company) !== undefined) continue;
    await createCompany(credits, company, profile, contract);
    await nameNumbers(credits, [line]);
  }
}

/** The first date of the rates in `meta_rates.csv`. */
const META_RATES_FROM = "2026-10-01";

/** The currency of the rates, in which Meta bills the accounts of the demo. */
const META_CURRENCY = "USD";

/** Sets what Meta charges in Brazil, and an example of an exchange rate, unless there are some already. */
export async function setMetaRates({ credits }: Api): Promise<void> {
  const currency = META_CURRENCY;
  const card = await credits.api.GET("/v1/meta_rates", {
    params: { query: { currency, on: META_RATES_FROM } },
  });
  if (card.response.status === 404) {
    await dataOf(credits.api.PUT("/v1/meta_rates", {
      params: { query: { currency, effective_from: META_RATES_FROM } },
      headers: { "content-type": "text/csv" },
      // The client's types have bodies of JSON only.
      body: meta_rates as never,
      bodySerializer: String,
    }));
  }
  const to = "BRL";
  const { data } = await dataOf(credits.api.GET("/v1/exchange_rates", {
    params: { query: { from: currency, to } },
  }));
  if (data.length > 0) return;
  const body = { from: currency, to, effective_from: META_RATES_FROM, rate: "5.40" };
  await dataOf(credits.api.PUT("/v1/exchange_rates", { body }));
}

/** Sets the Meta account of each number, without which its messages have no price, unless it has one already. */
export async function setMetaAccounts({ credits }: Api): Promise<void> {
  const bakery = [COUNTER_LINE, DELIVERY_LINE].map((line) => ({ line, profile: BAKERY.profile }));
  for (const { line: { phone_number_id, waba_id: account_id }, profile } of [...bakery, ...NEIGHBOURS]) {
    const params = { path: { phone_number_id } };
    const number = await dataOf(credits.api.GET("/v1/phone_numbers/{phone_number_id}", { params }));
    if (number.meta_account !== null) continue;
    const body = { account_id, time_zone: profile.time_zone, currency: META_CURRENCY };
    await dataOf(credits.api.PUT("/v1/phone_numbers/{phone_number_id}/meta_account", { params, body }));
  }
}

/** Upgrades the first contract to the larger package. A contract that was changed before stays as it is. */
export async function upgradeContract({ credits }: Api): Promise<void> {
  const contract = await readContract(credits, BAKERY.company);
  const is_first = contract?.package?.credits === BAKERY.contract.package.credits;
  if (!is_first || contract.versions.length > 1) return;
  await putContract(credits, BAKERY.company, BAKERY.upgrade);
}

type Credits = Api["credits"];

async function createCompany(
  credits: Credits,
  company: string,
  body: Profile,
  contract: Offer,
): Promise<void> {
  await dataOf(credits.api.PUT("/v1/companies/{company}", { params: { path: { company } }, body }));
  await putContract(credits, company, contract);
}

/** Names each number by its phone, as people write it. */
async function nameNumbers(credits: Credits, lines: readonly BusinessNumber[]): Promise<void> {
  for (const { phone_number_id, display_phone_number: phone } of lines) {
    const name = phone.replace(/^(\d\d)(\d\d)(\d{4})(\d{4})$/, "+$1 $2 $3-$4");
    const params = { path: { phone_number_id } };
    await dataOf(credits.api.PUT("/v1/phone_numbers/{phone_number_id}", { params, body: { name } }));
  }
}

async function putContract(credits: Credits, company: string, body: Offer): Promise<void> {
  const params = { path: { company } };
  await dataOf(credits.api.PUT("/v1/companies/{company}/contract", { params, body }));
}

/** Reads a company's contract. Undefined if the company or its contract does not exist. */
async function readContract(credits: Credits, company: string): Promise<Contract | undefined> {
  const call = credits.api.GET("/v1/companies/{company}/contract", { params: { path: { company } } });
  return (await call).response.status === 404 ? undefined : await dataOf(call);
}
