import type { Mutant } from "./mutant.ts";
import { ACTOR_MUTANTS } from "./mutants_actors.ts";
import { ALERT_MUTANTS } from "./mutants_alerts.ts";
import { CLIENT_MUTANTS } from "./mutants_client.ts";
import { COUNTED_MESSAGE_MUTANTS } from "./mutants_counted_messages.ts";
import { CLUSTER_MUTANTS } from "./mutants_cluster.ts";
import { STORAGE_MUTANTS } from "./mutants_storage.ts";
import { DOMAIN_MUTANTS } from "./mutants_domain.ts";
import { EVENT_MUTANTS } from "./mutants_events.ts";
import { ENVIRONMENT_MUTANTS } from "./mutants_environment.ts";
import { HTTP_MUTANTS } from "./mutants_http.ts";
import { LIMIT_MUTANTS } from "./mutants_limits.ts";
import { META_COST_MUTANTS } from "./mutants_meta_costs.ts";
import { META_RATE_MUTANTS } from "./mutants_meta_rates.ts";
import { REPLY_MUTANTS } from "./mutants_replies.ts";
import { WHAT_IF_MUTANTS } from "./mutants_what_if.ts";

/** All mutants. The tests must kill each of them. */
export const MUTANTS: readonly Mutant[] = [
  ...DOMAIN_MUTANTS,
  ...EVENT_MUTANTS,
  ...ACTOR_MUTANTS,
  ...STORAGE_MUTANTS,
  ...HTTP_MUTANTS,
  ...LIMIT_MUTANTS,
  ...CLIENT_MUTANTS,
  ...ALERT_MUTANTS,
  ...ENVIRONMENT_MUTANTS,
  ...META_COST_MUTANTS,
  ...WHAT_IF_MUTANTS,
  ...META_RATE_MUTANTS,
  ...COUNTED_MESSAGE_MUTANTS,
  ...CLUSTER_MUTANTS,
  ...REPLY_MUTANTS,
];
