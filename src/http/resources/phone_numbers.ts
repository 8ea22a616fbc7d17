import { z } from "@hono/zod-openapi";
import type { PhoneClaim } from "../../domain/phone_claims.ts";
import type { PhoneNumberHistory } from "../../ports.ts";
import { formatInstant, formatInstantOrNull, InstantBody, PhoneNumberIdField } from "../kit/fields.ts";
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
  claims: z.array(ClaimBody).openapi({ description: "Every claim of the number, newest first." }),
}).openapi("PhoneNumber");

/** Declares the call that shows who owned a phone number, and when. */
export function phoneNumbers(api: Api, history: PhoneNumberHistory): void {
  route(api, {
    method: "get",
    path: "/v1/phone_numbers/{phone_number_id}",
    policy: { scope: "platform" },
    tag: "Companies",
    operation_id: "getPhoneNumber",
    summary: "Get the owners of a phone number",
    description:
      "The companies that had one of Meta's phone numbers, and when. An event belongs to the company that " +
      "had its number at the event's own time.",
    params: z.object({ phone_number_id: PhoneNumberIdField }),
    answer: PhoneNumberBody,
    problems: [404],
  }, async ({ params: { phone_number_id } }) => {
    const claims = await history.claimsOf([phone_number_id]);
    if (claims.length === 0) return phoneNumberNotFound();
    return {
      phone_number_id,
      company: claims.find(({ released_at_ms }) => released_at_ms === undefined)?.company ?? null,
      claims: claims.toReversed().map(toClaimBody),
    };
  });
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
