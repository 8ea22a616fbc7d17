import type { Config } from "../../src/config/environment.ts";
import { BAKERY } from "./company.ts";
import { numberedCustomer } from "../../tests/support/payloads.ts";
import type { ServiceAddress } from "./api.ts";
import { environmentPrefix } from "./settings.ts";

/**
 * What a new user can do next, ready to paste.
 *
 * @param page a link that opens the page, once
 */
export function welcomeText({ url, admin_key }: ServiceAddress, config: Config, page: string): string {
  const company = new URL(`/v1/companies/${BAKERY.company}`, url).href;
  const curl = (path: string, flags = "-s") =>
    `curl ${flags} -H "Authorization: Bearer ${admin_key}" "${company}${path}"`;
  const script = `${environmentPrefix(config)}npx --yes deno@2.9.6 run -A tools/demo/send_webhook.ts`;
  return `
${BAKERY.profile.name} is open: its history is filled in, and traffic goes on below.

  The page, to watch     ${page}
                         (the link opens once, within five minutes; in Chrome or Firefox,
                         for Safari may keep no session of http://localhost)
  API, to read and try   ${new URL("/docs", url)}
  Key                    ${admin_key}

Watch its credits move, as they move:
  ${curl("/balance/stream", "-sN")}

A new link to the page:
  ${curl("/viewer_sessions", "-s -X POST -H 'Content-Type: application/json' -d '{}'")}

Its balance now, and what it was charged for last:
  ${curl("/balance")}
  ${curl("/ledger?limit=5")}

Write to it as a customer, in a webhook signed as Meta signs it; again today, it costs nothing:
  ${script} ${numberedCustomer(7_654_321).phone}

Ctrl-C stops everything. What happened stays in ${config.data_dir}, and the next start goes on from there.
`;
}
