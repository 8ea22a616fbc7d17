import { z } from "@hono/zod-openapi";
import type { Answer, CompanyView } from "../../domain/company/command.ts";
import { NEW_COMPANY_DEFAULTS } from "../../domain/company/new_company.ts";
import { settingsRevision } from "../../domain/company/precondition.ts";
import type { SettingsVersion } from "../../domain/company/state.ts";
import type { RefusedNumber } from "../../domain/phone_claims.ts";
import type { CompanyId } from "../../domain/types.ts";
import {
  CompanyPath,
  DateBody,
  formatInstant,
  InstantField,
  LocaleField,
  nameField,
  optionalField,
  PhoneNumberIdField,
  StartDateField,
  TimeZoneField,
} from "../kit/fields.ts";
import { CountryField } from "../kit/contact_field.ts";
import { answerRead, tagged } from "../kit/preconditions.ts";
import type { Companies } from "../../ports/companies.ts";
import type { CompanyProvisioner } from "../../ports/directory.ts";
import { Problem, problemOfAnswer } from "../kit/problems.ts";
import { type Api, route } from "../kit/route.ts";

const PHONE_NUMBERS_MAX = 1_000;

const PolicyField = z.enum(["charge", "free"]).openapi({
  description: "Whether a template is charged while the contact's inbound window is open.",
});

const PhoneNumberIds = z.array(PhoneNumberIdField).max(PHONE_NUMBERS_MAX).superRefine((ids, context) => {
  ids.forEach((id, index) => {
    if (ids.indexOf(id) === index) return;
    context.addIssue({ code: "custom", path: [index], message: "is a duplicate: remove it" });
  });
});

const ProfileBody = z.strictObject({
  name: nameField(200),
  time_zone: TimeZoneField,
  locale: optionalField(LocaleField),
  country: optionalField(CountryField),
  phone_number_ids: optionalField(PhoneNumberIds).openapi({
    description:
      "All phone number ids of the company. Numbers missing from the list are released; an empty list releases all.",
  }),
  phone_numbers_from: optionalField(InstantField).openapi({
    description:
      "When the company's events of all numbers in `phone_number_ids` begin, at most 5 minutes from now. Default: a " +
      "number that no company had before is the company's since the beginning; one that another company had is its own " +
      "from now on. Claims begin with a second: fractions are dropped. For a number that the company has already, an earlier instant moves the start back, and a later one changes nothing.",
  }),
  template_in_open_window: optionalField(PolicyField),
  effective_from: optionalField(StartDateField).openapi({
    description: "The local date from which a new time zone or policy applies. Default: the next local date.",
  }),
}).openapi("Profile");

/** The fields of a company that the list has too. */
export const COMPANY_FIELDS = {
  company: z.string(),
  name: z.string(),
  time_zone: z.string(),
  locale: z.string(),
  country: z.string().nullable().openapi({
    description:
      "The country of phones without a country code, ISO 3166-1 alpha-2; null: such phones are 422.",
    example: "BR",
  }),
  phone_number_ids: z.array(z.string()),
  template_in_open_window: PolicyField,
};

const CompanyBody = z.object({
  ...COMPANY_FIELDS,
  scheduled: z.object({
    effective_from: DateBody,
    time_zone: z.string(),
    template_in_open_window: PolicyField,
  }).nullable().openapi({ description: "The next time zone and policy, null if no change is scheduled." }),
}).openapi("Company");

const SettingsBody = z.object({
  effective_from: DateBody,
  time_zone: z.string(),
  template_in_open_window: PolicyField,
});

const PutCompanyBody = CompanyBody.extend({
  changes: z.object({
    scheduled: z.array(SettingsBody).openapi({
      description: "The time zones and policies that this call scheduled.",
      example: [{
        effective_from: "2026-11-24",
        time_zone: "America/Manaus",
        template_in_open_window: "charge",
      }],
    }),
    withdrawn: z.array(SettingsBody).openapi({
      description: "The scheduled ones that this call took back: they never begin.",
      example: [],
    }),
  }).openapi({ description: "Empty lists if this call changed neither time zone nor policy." }),
}).openapi("PutCompany");

/** Declares the calls that configure and get companies. */
export function companies(api: Api, all: Companies, registry: CompanyProvisioner): void {
  const tag = "Companies";
  const path = "/v1/companies/{company}";
  route(api, {
    method: "put",
    path,
    policy: { scope: "platform" },
    tag,
    operation_id: "putCompany",
    summary: "Create or update a company",
    description:
      "`name` and `time_zone` are always required. Other omitted fields keep their value, scheduled changes included. " +
      `Defaults of a new company: locale \`${NEW_COMPANY_DEFAULTS.locale}\`, policy \`${NEW_COMPANY_DEFAULTS.template_in_open_window}\`, no country, no phone numbers.`,
    params: CompanyPath,
    body: ProfileBody,
    answer: PutCompanyBody,
    problems: [409],
    is_conditional: true,
  }, async ({ params, body, caller, precondition }) => {
    const { phone_numbers_from: from_ms, ...settings } = body;
    const profile = { ...settings, phone_numbers_from_ms: from_ms && startOfSecond(from_ms) };
    const registration = await registry.configure(params.company, profile, caller.name, precondition);
    if (registration.type === "phone_number_taken") {
      return numbersTaken(body.phone_number_ids ?? [], registration.numbers);
    }
    return putCompanyAnswer(params.company, registration.answer);
  });

  route(api, {
    method: "get",
    path,
    policy: { scope: "read" },
    tag,
    operation_id: "getCompany",
    summary: "Get a company",
    params: CompanyPath,
    answer: CompanyBody,
    is_conditional: true,
  }, async ({ params, precondition }) => {
    const answer = await all.execute(params.company, { type: "read_company" });
    if (answer.type !== "company") return problemOfAnswer(answer);
    const body = toCompanyBody(params.company, answer.view);
    return answerRead("company", precondition, body, settingsRevision(answer.view));
  });
}

function numbersTaken(requested: readonly string[], refused: readonly RefusedNumber[]): Problem {
  const errors = refused.map(({ phone_number_id, free_from_ms }) => {
    const field = `phone_number_ids[${requested.indexOf(phone_number_id)}]`;
    if (free_from_ms === undefined) {
      return { path: field, message: `${field} belongs to another company: remove it there first` };
    }
    const path = "phone_numbers_from";
    const message = `${field} belonged to another company until ${
      formatInstant(free_from_ms)
    }: claim it from then on`;
    return { path, message };
  });
  return new Problem(409, "phone_number_taken", errors.map(({ message }) => message).join("; "), { errors });
}

function putCompanyAnswer(company: CompanyId, answer: Answer) {
  if (answer.type !== "company") return problemOfAnswer(answer);
  const { scheduled = [], withdrawn = [] } = answer.settings_changes ?? {};
  const changes = { scheduled: scheduled.map(toSettingsBody), withdrawn: withdrawn.map(toSettingsBody) };
  return tagged({ ...toCompanyBody(company, answer.view), changes }, settingsRevision(answer.view));
}

function toCompanyBody(company: CompanyId, view: CompanyView): z.infer<typeof CompanyBody> {
  const { settings, scheduled } = view;
  return {
    ...toProfileBody(company, view, settings),
    scheduled: scheduled === undefined ? null : toSettingsBody(scheduled),
  };
}

/** Returns the start of a second. Meta's timestamps have no fractions, so a claim from within a second covers all of it. */
function startOfSecond(at_ms: number): number {
  return Math.floor(at_ms / 1000) * 1000;
}

function toSettingsBody({ effective_from, time_zone, template_in_open_window }: SettingsVersion) {
  return { effective_from, time_zone, template_in_open_window };
}

/** Converts a company to its fields, with the settings of its current local date. */
export function toProfileBody(
  company: CompanyId,
  { name, locale, country, phone_number_ids }: Pick<
    CompanyView,
    "name" | "locale" | "country" | "phone_number_ids"
  >,
  { time_zone, template_in_open_window }: SettingsVersion,
) {
  return {
    company,
    name,
    time_zone,
    locale,
    country: country ?? null,
    phone_number_ids: [...phone_number_ids],
    template_in_open_window,
  };
}
