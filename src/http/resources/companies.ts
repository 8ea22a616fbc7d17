import { z } from "@hono/zod-openapi";
import type { Answer, CompanyView, ListedCompany } from "../../domain/company/command.ts";
import { nextDate } from "../../domain/calendar.ts";
import { NEW_COMPANY_DEFAULTS } from "../../domain/company/new_company.ts";
import { settingsOn, type SettingsVersion } from "../../domain/company/state.ts";
import type { CompanyId } from "../../domain/types.ts";
import { decodeCursor, pageOf } from "../kit/cursor.ts";
import {
  CompanyIdField,
  CompanyPath,
  CursorField,
  DateBody,
  LimitField,
  LocaleField,
  optionalField,
  StartDateField,
  textField,
  TimeZoneField,
} from "../kit/fields.ts";
import { list } from "../kit/list.ts";
import type { Companies, CompanyList, CompanyProvisioner } from "../../ports.ts";
import { Problem, problemOfAnswer } from "../kit/problems.ts";
import { type Api, route } from "../kit/route.ts";

const PHONE_NUMBERS_MAX = 1_000;

const PolicyField = z.enum(["charge", "free"]).openapi({
  description: "What a template does while the contact's inbound window is open.",
});

const PhoneNumberIdField = z.string()
  .regex(/^[!-~]{1,40}$/, { error: "must be a phone number id of Meta's, such as 106540352242922" });

const PhoneNumberIds = z.array(PhoneNumberIdField).max(PHONE_NUMBERS_MAX).superRefine((ids, context) => {
  ids.forEach((id, index) => {
    if (ids.indexOf(id) === index) return;
    context.addIssue({ code: "custom", path: [index], message: "stands in the list already: leave it out" });
  });
});

const ProfileBody = z.strictObject({
  name: textField(200),
  time_zone: TimeZoneField,
  locale: optionalField(LocaleField),
  phone_number_ids: optionalField(PhoneNumberIds).openapi({
    description:
      "All of the company's numbers: those it has and are not in the list are given up, all by an empty one.",
  }),
  template_in_open_window: optionalField(PolicyField),
  effective_from: optionalField(StartDateField).openapi({
    description: "The local date a new zone or policy holds from; the next one unless given.",
  }),
}).openapi("Profile");

const listed = {
  company: z.string(),
  name: z.string(),
  time_zone: z.string(),
  locale: z.string(),
  phone_number_ids: z.array(z.string()),
  template_in_open_window: PolicyField,
};

const CompanyBody = z.object({
  ...listed,
  scheduled: z.object({
    effective_from: DateBody,
    time_zone: z.string(),
    template_in_open_window: PolicyField,
  }).nullable().openapi({ description: "A new zone or policy that waits for its date." }),
}).openapi("Company");

/** Companies: what they are called, where they are, which numbers are theirs. */
export function companies(
  api: Api,
  asked: Companies,
  registry: CompanyProvisioner,
  company_list: CompanyList,
): void {
  const tag = "Companies";
  const path = "/v1/companies/{company}";
  route(api, {
    method: "put",
    path,
    policy: { scope: "admin" },
    tag,
    summary: "Create or configure a company",
    description:
      "What is left out stays as it is, also a policy that waits for its date. Of a new company the locale is " +
      `then \`${NEW_COMPANY_DEFAULTS.locale}\`, the policy \`${NEW_COMPANY_DEFAULTS.template_in_open_window}\`, and there are no numbers.`,
    params: CompanyPath,
    body: ProfileBody,
    answer: CompanyBody,
    problems: [409],
  }, async ({ params, body, caller }) => {
    const registration = await registry.configure(params.company, body, caller.name);
    if (registration.type === "phone_number_taken") {
      return numbersTaken(body.phone_number_ids ?? [], registration.phone_number_ids);
    }
    return companyIn(params.company, registration.answer);
  });

  route(api, {
    method: "get",
    path,
    policy: { scope: "read" },
    tag,
    summary: "A company as it is today",
    params: CompanyPath,
    answer: CompanyBody,
  }, async ({ params }) => {
    return companyIn(params.company, await asked.execute(params.company, { type: "read_company" }));
  });

  listCompanies(api, asked, company_list);
}

function listCompanies(api: Api, asked: Companies, company_list: CompanyList): void {
  list(api, {
    path: "/v1/companies",
    policy: { scope: "read", allows_company_keys: true },
    tag: "Companies",
    summary: "The companies within the key's reach, by id",
    query: z.strictObject({ limit: LimitField, cursor: CursorField }),
    row: z.object(listed),
    file: "companies",
  }, async ({ query, caller }) => {
    if (caller.company !== undefined) return await onlyCompany(asked, caller.company);
    const after = decodeCursor(CompanyIdField, query.cursor);
    if (after instanceof Problem) return after;
    const rows = await company_list.list(query.limit + 1, after);
    return pageOf(rows, query.limit, showListed, ({ company }) => company);
  });
}

/** The list of whoever is bound to one company. */
async function onlyCompany(asked: Companies, company: CompanyId) {
  const answer = await asked.execute(company, { type: "read_company" });
  if (answer.type === "company_not_found") return { data: [], next_cursor: null };
  if (answer.type !== "company") return problemOfAnswer(answer);
  const { scheduled: _, ...listed } = showCompany(company, answer.view);
  return { data: [listed], next_cursor: null };
}

function numbersTaken(asked: readonly string[], taken: readonly string[]): Problem {
  const errors = taken.map((id) => {
    const path = `phone_number_ids[${asked.indexOf(id)}]`;
    return { path, message: `${path} belongs to another company: take it off there first` };
  });
  return new Problem(409, "phone_number_taken", errors.map(({ message }) => message).join("; "), { errors });
}

function companyIn(company: CompanyId, answer: Answer): z.infer<typeof CompanyBody> | Problem {
  return answer.type === "company" ? showCompany(company, answer.view) : problemOfAnswer(answer);
}

function showCompany(company: CompanyId, view: CompanyView): z.infer<typeof CompanyBody> {
  const { settings, scheduled } = view;
  return {
    ...showProfile(company, view, settings),
    scheduled: scheduled === undefined ? null : {
      effective_from: scheduled.effective_from,
      time_zone: scheduled.time_zone,
      template_in_open_window: scheduled.template_in_open_window,
    },
  };
}

/** What holds on the company's current local date. */
function showListed(listed: ListedCompany) {
  return showProfile(listed.company, listed, settingsOn(listed.settings, nextDate(listed.closed_through)));
}

function showProfile(
  company: CompanyId,
  { name, locale, phone_number_ids }: Pick<CompanyView, "name" | "locale" | "phone_number_ids">,
  { time_zone, template_in_open_window }: SettingsVersion,
) {
  return {
    company,
    name,
    time_zone,
    locale,
    phone_number_ids: [...phone_number_ids],
    template_in_open_window,
  };
}
