import type { Config } from "../../src/config/environment.ts";
import { BAKERY } from "./company.ts";
import { numberedCustomer } from "../../tests/support/payloads.ts";
import type { ServiceAddress } from "./api.ts";
import { environmentPrefix } from "./settings.ts";

/**
 * Returns the next steps for a new user, with commands to paste.
 *
 * @param page a one-time link to the page
 */
export function welcomeText({ url, admin_key }: ServiceAddress, config: Config, page: string): string {
  const company = new URL(`/v1/companies/${BAKERY.company}`, url).href;
  const curl = (path: string, flags = "-s") =>
    `curl ${flags} -H "Authorization: Bearer ${admin_key}" "${company}${path}"`;
  const script = `${environmentPrefix(config)}npx --yes deno@2.9.6 run -A tools/demo/send_webhook.ts`;
  return `
${BAKERY.profile.name} is ready. Live traffic is shown below.

  Report page   ${page}
                (the link works once, within five minutes. Use Chrome or Firefox:
                Safari may keep no session for http://localhost)
  API docs      ${new URL("/docs", url)}
  API key       ${admin_key}

Stream the balance:
  ${curl("/balance/stream", "-sN")}

Create a new link to the page:
  ${curl("/viewer_sessions", "-s -X POST -H 'Content-Type: application/json' -d '{}'")}

Read the balance and the last ledger entries:
  ${curl("/balance")}
  ${curl("/ledger?limit=5")}

Write to the bakery as a customer, in a signed webhook (a second message today is free):
  ${script} ${numberedCustomer(7_654_321).phone}

Press Ctrl-C to stop. The data stays in ${config.data_dir}, and the next start continues from it.
`;
}
