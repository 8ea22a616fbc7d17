import { z } from "@hono/zod-openapi";
import type { PhoneClaim } from "../../domain/phone_claims.ts";
import type { CompanyId } from "../../domain/types.ts";
import type { NumberAccount } from "../../domain/meta_costs/number_accounts.ts";
import type { Companies } from "../../ports/companies.ts";
import type { PhoneNumberHistory, PhoneNumberNames } from "../../ports/directory.ts";
import type { MetaCosts } from "../../ports/meta_costs.ts";
import {
  CurrencyField,
  formatInstant,
  formatInstantOrNull,
  idField,
  InstantBody,
  nameField,
  optionalField,
  PhoneNumberIdField,
  TimeZoneField,
} from "../kit/fields.ts";
import { Problem, problemOfAnswer } from "../kit/problems.ts";
import { type Api, route } from "../kit/route.ts";

const ClaimBody = z.object({
  company: z.string(),
  from: InstantBody.nullable().openapi({
    description: "When the company's events of the number begin. Null: since the beginning.",
  }),
  until: InstantBody.nullable().openapi({
    description: "When they end. Null: the company has the number.",
  }),
  claimed_at: InstantBody.openapi({ description: "When the company claimed the number." }),
}).openapi("PhoneNumberClaim");

const AccountBody = z.object({
  account_id: z.string(),
  portfolio_id: z.string(),
  time_zone: z.string(),
  currency: z.string(),
  from: InstantBody.openapi({
    description: "Messages that were delivered from then on belong to the account.",
  }),
}).openapi("MetaAccount");

const PhoneNumberBody = z.object({
  phone_number_id: z.string(),
  company: z.string().nullable().openapi({
    description: "The company that has the number, null if none has.",
  }),
  name: z.string().nullable().openapi({
    description: "What people call the number, null without a name or an owner.",
    example: "+55 11 3000-0001",
  }),
  meta_account: AccountBody.nullable().openapi({
    description:
      "The Meta account that the number belongs to; null if none was set or no company has the number.",
  }),
  claims: z.array(ClaimBody).openapi({ description: "Every claim of the number, newest first." }),
}).openapi("PhoneNumber");

const NameBody = z.strictObject({
  name: nameField(100).nullable().openapi({
    description:
      "What people call the number, such as its phone. The report page shows it instead of Meta's id. Null: no name.",
    example: "+55 11 3000-0001",
  }),
}).openapi("PhoneNumberName");

/** Meta's ids have some 15 digits. */
const META_ID_LENGTH_MAX = 64;

const AccountRequest = z.strictObject({
  account_id: idField(META_ID_LENGTH_MAX).openapi({
    description: "Meta's id of the WhatsApp Business Account.",
    example: "102290129340398",
  }),
  portfolio_id: optionalField(idField(META_ID_LENGTH_MAX)).openapi({
    description:
      "Meta's id of the business portfolio: its accounts share the volume tiers. Default: the account is alone.",
  }),
  time_zone: TimeZoneField,
  currency: CurrencyField,
}).openapi("MetaAccountRequest");

/** What the calls of phone numbers depend on. */
export interface PhoneNumberDependencies {
  readonly phone_numbers: PhoneNumberHistory & PhoneNumberNames;
  readonly meta_costs: MetaCosts;
  readonly companies: Companies;
}

/** Declares the calls that show who owned a phone number, and when, and that name it or set its Meta account. */
export function phoneNumbers(api: Api, dependencies: PhoneNumberDependencies): void {
  const { phone_numbers: numbers, companies } = dependencies;
  const shared = {
    path: "/v1/phone_numbers/{phone_number_id}",
    policy: { scope: "platform" },
    tag: "Companies",
    params: z.object({ phone_number_id: PhoneNumberIdField }),
  } as const;
  route(api, {
    ...shared,
    method: "get",
    operation_id: "getPhoneNumber",
    summary: "Get the owners of a phone number",
    description:
      "The companies that had one of Meta's phone numbers, and when. An event belongs to the company that " +
      "had its number at the event's own time.",
    answer: PhoneNumberBody,
    problems: [404],
  }, async ({ params: { phone_number_id } }) => {
    const claims = await numbers.claimsOf([phone_number_id]);
    return claims.length === 0
      ? phoneNumberNotFound()
      : await numberBody(dependencies, phone_number_id, claims);
  });

  route(api, {
    ...shared,
    method: "put",
    operation_id: "putPhoneNumber",
    summary: "Name a phone number",
    description:
      "Names one of Meta's phone numbers for people: webhooks and reports have its id only. The name belongs to the " +
      "company that has the number now; a later owner begins without one.",
    body: NameBody,
    answer: PhoneNumberBody,
    problems: [404],
  }, async ({ params: { phone_number_id }, body: { name } }) => {
    if (!await numbers.setName(phone_number_id, name ?? undefined)) return phoneNumberNotOwned();
    return await numberBody(dependencies, phone_number_id, await numbers.claimsOf([phone_number_id]));
  });

  route(api, {
    ...shared,
    path: `${shared.path}/meta_account`,
    method: "put",
    operation_id: "putMetaAccount",
    summary: "Set the Meta account of a phone number",
    description:
      "The WhatsApp Business Account that the number belongs to. Its time zone says on which date and in which month " +
      "Meta counts a message, its currency names the rates, and its portfolio counts the volume tiers. It holds for " +
      "messages that are delivered from now on; messages that are counted keep their dates. Before the first account, " +
      "dates are the company's. The same account again changes nothing.",
    body: AccountRequest,
    answer: PhoneNumberBody,
    problems: [404, 503],
  }, async ({ params: { phone_number_id }, body, caller: { name: by } }) => {
    const claims = await numbers.claimsOf([phone_number_id]);
    const company = ownerOf(claims);
    if (company === undefined) return phoneNumberNotOwned();
    const answer = await companies.execute(company, {
      type: "set_number_account",
      phone_number_id,
      account: body,
      by,
    });
    if (answer.type !== "number_account") return problemOfAnswer(answer);
    return await numberBody(dependencies, phone_number_id, claims);
  });
}

function ownerOf(claims: readonly PhoneClaim[]): CompanyId | undefined {
  return claims.find(({ released_at_ms }) => released_at_ms === undefined)?.company;
}

async function numberBody(
  { phone_numbers, meta_costs }: Pick<PhoneNumberDependencies, "phone_numbers" | "meta_costs">,
  phone_number_id: string,
  claims: readonly PhoneClaim[],
): Promise<z.infer<typeof PhoneNumberBody>> {
  const owner = ownerOf(claims);
  const names = owner === undefined ? undefined : await phone_numbers.namesOf(owner);
  const accounts = owner === undefined ? [] : await meta_costs.accounts(owner);
  const account = accounts.findLast((account) => account.phone_number_id === phone_number_id);
  return {
    phone_number_id,
    company: owner ?? null,
    name: names?.get(phone_number_id) ?? null,
    meta_account: account === undefined ? null : toAccountBody(account),
    claims: claims.toReversed().map(toClaimBody),
  };
}

function phoneNumberNotOwned(): Problem {
  return new Problem(
    404,
    "phone_number_not_found",
    "No company has this phone number: claim it in `phone_number_ids` of a company first.",
  );
}

function phoneNumberNotFound(): Problem {
  return new Problem(
    404,
    "phone_number_not_found",
    "No company ever claimed this phone number: check the id, or claim it in `phone_number_ids` of a company.",
  );
}

function toAccountBody(
  { account_id, portfolio_id, time_zone, currency, from_ms }: NumberAccount,
): z.infer<typeof AccountBody> {
  return { account_id, portfolio_id, time_zone, currency, from: formatInstant(from_ms) };
}

function toClaimBody(claim: PhoneClaim): z.infer<typeof ClaimBody> {
  return {
    company: claim.company,
    from: formatInstantOrNull(claim.owned_from_ms),
    until: formatInstantOrNull(claim.released_at_ms),
    claimed_at: formatInstant(claim.claimed_at_ms),
  };
}
