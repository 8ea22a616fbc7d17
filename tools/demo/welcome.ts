import type { Config } from "../../src/config/environment.ts";
import { BAKERY } from "./company.ts";
import { numberedCustomer } from "../../tests/support/payloads.ts";
import type { Api, ServiceAddress } from "./api.ts";
import { NEIGHBOURS } from "./neighbours.ts";
import { environmentPrefix } from "./settings.ts";

/** The page of a company. */
export interface CompanyPage {
  readonly name: string;
  /** The state of the company in words. */
  readonly state: string;
  /** A one-time link. */
  readonly link: string;
}

/** Creates a link to the page of each company. */
export async function createPages(api: Api): Promise<CompanyPage[]> {
  const companies = [
    {
      company: BAKERY.company,
      name: BAKERY.profile.name,
      state: "healthy; last month is closed, with late entries; you see phones, and can search by them",
      sees_contacts: true,
    },
    ...NEIGHBOURS.map(({ company, name, state }) => ({ company, name, state, sees_contacts: false })),
  ];
  return await Promise.all(
    companies.map(async ({ company, name, state, sees_contacts }) => ({
      name,
      state,
      link: await api.createPageLink(company, sees_contacts),
    })),
  );
}

/** Returns the next steps for a new user, with commands to paste. */
export function welcomeText(
  { url, admin_key }: ServiceAddress,
  config: Config,
  pages: readonly CompanyPage[],
): string {
  const get = (path: string, flags = "-s") =>
    `curl ${flags} -H "Authorization: Bearer ${admin_key}" "${new URL(path, url)}"`;
  const curl = (path: string, flags?: string) => get(`/v1/companies/${BAKERY.company}${path}`, flags);
  const script = `${environmentPrefix(config)}npx --yes deno@2.9.6 run -A tools/demo/send_webhook.ts`;
  return `
The companies are ready. Live traffic is shown below.

Report pages (each link works once, within five minutes; use Chrome or Firefox:
Safari may keep no session for http://localhost)
${pages.map(({ name, state, link }) => `  ${name}: ${state}\n    ${link}`).join("\n")}

  Start page    ${new URL("/", url)}
  API docs      ${new URL("/docs", url)}
  API key       ${admin_key}

Stream the balance:
  ${curl("/balance/stream", "-sN")}

Create a new link to the bakery's page:
  ${curl("/viewer_sessions", "-s -X POST -H 'Content-Type: application/json' -d '{}'")}

Read the balance and the last ledger entries:
  ${curl("/balance")}
  ${curl("/ledger?limit=5")}

Read what Meta charges for the bakery's messages, and each company's margin of the month:
  ${curl("/costs?group_by=category,market")}
  ${get("/v1/margins")}

Write to the bakery as a customer, in a signed webhook (a second message today is free):
  ${script} ${numberedCustomer(7_654_321).phone}

Recompute every balance from the facts, in another terminal:
  ${environmentPrefix(config)}npx --yes deno@2.9.6 task audit

Press Ctrl-C to stop. The data stays in ${config.data_dir}, and the next start continues from it.
`;
}
