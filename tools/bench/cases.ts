/** The cases of the bench: webhooks of a mix, and calls of the API. */

import { type CallKind, CallStream } from "./calls.ts";
import { companiesOf, EventStream, type Mix, type MixedCompany } from "./mixes.ts";
import { PreparedRequests, RepeatedRequests, type RequestSource, webhooksOf } from "./requests.ts";
import type { ContenderName } from "./servers.ts";

/** One case of the bench. */
export interface Case {
  /** The name that `--only` takes. */
  readonly name: string;
  /** Its name in the report. */
  readonly title: string;
  /** What the messages, usages or queries of a request are called in the report. */
  readonly unit: "message" | "usage" | "query";
  readonly units_each: number;
  /** More concurrent requests than any of the servers can process at once, unless the API limits them. */
  readonly connections: number;
  /** The requests per second to prepare before the first measurement. A faster server shortens the first warm-up. */
  readonly first_rate: number;
  /** The references that the service is compared with. */
  readonly references: readonly ContenderName[];
  /** The wanted rate of the service, as a multiple of a reference. */
  readonly goals: Partial<Record<ContenderName, number>>;
  readonly companies: readonly MixedCompany[];
  /** Creates the requests for one server. All servers get the same. */
  requests(secrets: Secrets): RequestSource;
}

/** What requests are signed and authorized with. */
export interface Secrets {
  readonly app_secret: string;
  readonly admin_key: string;
}

const WEBHOOK_CONNECTIONS = 256;
const CALL_CONNECTIONS = 32;
/** The API refuses more large bodies of one key at once. */
const LARGE_BODY_CONNECTIONS = 8;

const BARE = "bare Hono";
const ONE_BASELINE = [BARE, "baseline"] as const;
/** With one message a webhook both baselines are the same. */
const TWO_BASELINES = [...ONE_BASELINE, "concurrent baseline"] as const;

/** All cases. Each has companies of its own. */
export const CASES: readonly Case[] = [
  webhookCase(0, "conversation", 1, { [BARE]: 0.55, baseline: 4.5 }),
  webhookCase(1, "conversation", 50, { baseline: 16 }),
  webhookCase(2, "opening", 1, { [BARE]: 0.3, baseline: 3.5 }),
  webhookCase(3, "opening", 50, { baseline: 6 }),
  webhookCase(4, "campaign", 1, {}),
  webhookCase(5, "campaign", 50, {}),
  webhookCase(6, "day", 1, {}),
  webhookCase(7, "day", 50, {}),
  balanceCase(8),
  callCase(9, "usage", 1, CALL_CONNECTIONS),
  callCase(10, "usage", 1_000, LARGE_BODY_CONNECTIONS),
  callCase(11, "messages", 1, CALL_CONNECTIONS),
];

function webhookCase(number: number, mix: Mix, messages_each: 1 | 50, goals: Case["goals"]): Case {
  const now_s = () => Math.floor(Date.now() / 1000);
  return {
    name: `${mix}/${messages_each}`,
    title: `${mix}, ${messages_each === 1 ? "one message" : `${messages_each} messages`} a webhook`,
    unit: "message",
    units_each: messages_each,
    connections: WEBHOOK_CONNECTIONS,
    first_rate: messages_each === 1 ? 6_000 : 500,
    references: messages_each === 1 ? ONE_BASELINE : TWO_BASELINES,
    goals,
    companies: companiesOf(number),
    requests: ({ app_secret }) =>
      new PreparedRequests(webhooksOf(new EventStream(mix, number, now_s), messages_each, app_secret)),
  };
}

function balanceCase(number: number): Case {
  const companies = companiesOf(number);
  return {
    name: "balance",
    title: "GET balance",
    unit: "query",
    units_each: 1,
    connections: CALL_CONNECTIONS,
    first_rate: 1,
    references: [BARE],
    goals: { [BARE]: 0.5 },
    companies,
    requests: ({ admin_key }) => new RepeatedRequests(companies, admin_key),
  };
}

function callCase(number: number, kind: CallKind, units_each: 1 | 1_000, connections: number): Case {
  const companies = companiesOf(number);
  return {
    name: kind === "usage" ? `usage/${units_each}` : kind,
    title: `POST ${kind}, ${units_each === 1 ? "one" : "a thousand"} a request`,
    unit: kind === "usage" ? "usage" : "message",
    units_each,
    connections,
    first_rate: units_each === 1 ? 6_000 : 100,
    references: [BARE],
    goals: {},
    companies,
    requests: ({ admin_key }) => new PreparedRequests(new CallStream(companies, kind, units_each, admin_key)),
  };
}
