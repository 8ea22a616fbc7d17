import { z } from "@hono/zod-openapi";
import type { PhoneClaim } from "../../domain/phone_claims.ts";
import type { PhoneNumberHistory, PhoneNumberNames } from "../../ports.ts";
import {
  formatInstant,
  formatInstantOrNull,
  InstantBody,
  nameField,
  PhoneNumberIdField,
} from "../kit/fields.ts";
import { Problem } from "../kit/problems.ts";
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

const PhoneNumberBody = z.object({
  phone_number_id: z.string(),
  company: z.string().nullable().openapi({
    description: "The company that has the number, null if none has.",
  }),
  name: z.string().nullable().openapi({
    description: "What people call the number, null without a name or an owner.",
    example: "+55 11 3000-0001",
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

/** Declares the calls that show who owned a phone number, and when, and that name it. */
export function phoneNumbers(api: Api, numbers: PhoneNumberHistory & PhoneNumberNames): void {
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
    return claims.length === 0 ? phoneNumberNotFound() : await numberBody(numbers, phone_number_id, claims);
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
    return await numberBody(numbers, phone_number_id, await numbers.claimsOf([phone_number_id]));
  });
}

async function numberBody(
  numbers: PhoneNumberNames,
  phone_number_id: string,
  claims: readonly PhoneClaim[],
): Promise<z.infer<typeof PhoneNumberBody>> {
  const owner = claims.find(({ released_at_ms }) => released_at_ms === undefined)?.company;
  const names = owner === undefined ? undefined : await numbers.namesOf(owner);
  return {
    phone_number_id,
    company: owner ?? null,
    name: names?.get(phone_number_id) ?? null,
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

function toClaimBody(claim: PhoneClaim): z.infer<typeof ClaimBody> {
  return {
    company: claim.company,
    from: formatInstantOrNull(claim.owned_from_ms),
    until: formatInstantOrNull(claim.released_at_ms),
    claimed_at: formatInstant(claim.claimed_at_ms),
  };
}
