/**
 * The problems that follow from a call's declaration: those of authentication, limits, bodies and companies. They are
 * documented by the functions that answer them. A call's own problems are recorded with its examples.
 */

import { SCOPES } from "../../access/store.ts";
import {
  insufficientScope,
  isReadOnly,
  missingKey,
  type Policy,
  requiresCaller,
  sessionExpired,
  viewerIsReadOnly,
  viewerSeesNoContacts,
} from "../middleware/authentication.ts";
import { CSV_TYPE } from "./csv.ts";
import {
  BODY_DEPTH_MAX,
  BODY_LIMITS_DEFAULT,
  canBeInvalid,
  type Declaration,
  takesIdempotencyKey,
} from "./declaration.ts";
import { tooManyOfCaller as tooManyDownloads } from "./downloads.ts";
import { idempotencyKeyInUse, idempotencyKeyReused } from "./idempotency.ts";
import { tooManyOfCaller as tooManyLargeBodies } from "./large_bodies.ts";
import {
  bodyProblem,
  bodyTooComplex,
  companyNotFound,
  databaseUnavailable,
  internalError,
  invalidHost,
  invalidJson,
  type Problem,
  tooManyFailedAttempts,
  tooManyRequests,
  unavailableProblem,
} from "./problems.ts";

/** An example of a rate: the default of a key. */
const KEY_RATE = 1_000;

/** Lists the problems that a call answers because of its declaration. */
export function sharedProblems(call: Declaration): Problem[] {
  const has_company = call.path.includes("{company}");
  return [
    // The host is checked for every request, and any call can fail unexpectedly.
    invalidHost(),
    internalError(),
    ...has_company ? [companyNotFound()] : [],
    ...bodyProblems(call),
    ...requiresCaller(call.policy)
      ? callerProblems(call, call.policy)
      : call.problems?.includes(503)
      ? [databaseUnavailable()]
      : [],
  ];
}

function callerProblems(call: Declaration, policy: Exclude<Policy, string>): Problem[] {
  const has_company = call.path.includes("{company}");
  const is_download = call.also_produces === CSV_TYPE || call.produces === CSV_TYPE;
  return [
    missingKey(),
    ...has_company ? [sessionExpired()] : [],
    ...forbidden(call, policy),
    tooManyRequests(KEY_RATE, "key"),
    tooManyFailedAttempts(60),
    ...is_download ? [tooManyDownloads()] : [],
    ...takesIdempotencyKey(call) ? [idempotencyKeyInUse(), idempotencyKeyReused()] : [],
    ...call.body === undefined ? [] : [tooManyLargeBodies()],
    has_company
      ? unavailableProblem({ type: "unavailable", reason: "overloaded", retry_after_s: 1 })
      : databaseUnavailable(),
  ];
}

/** Every key has at least the scope `read`. A viewer's session has it too, and changes nothing. */
function forbidden({ method, path }: Declaration, policy: Exclude<Policy, string>): Problem[] {
  const lower = SCOPES[SCOPES.indexOf(policy.scope) - 1];
  if (lower !== undefined) return [insufficientScope(policy.scope, lower)];
  if (policy.names_contacts) return [viewerSeesNoContacts()];
  return path.includes("{company}") && !isReadOnly(policy, method) ? [viewerIsReadOnly()] : [];
}

function bodyProblems({ body, body_limits, also_accepts }: Declaration): Problem[] {
  if (body === undefined) return [];
  const is_validated = canBeInvalid(body);
  const { bytes, parts } = body_limits ?? BODY_LIMITS_DEFAULT;
  return [
    invalidJson(also_accepts),
    bodyProblem("body_incomplete"),
    bodyProblem("body_too_slow"),
    // The body of Meta's webhook has limits of its own.
    is_validated ? bodyProblem("body_too_large", bytes) : bodyProblem("body_too_large"),
    ...is_validated ? [bodyTooComplex({ parts, depth: BODY_DEPTH_MAX })] : [],
    bodyProblem("content_encoding_unsupported"),
  ];
}
