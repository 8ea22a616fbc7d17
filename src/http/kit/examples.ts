/**
 * The examples of the OpenAPI document: requests that were sent to the service, and what it answered. `deno task examples`
 * records them, and a test compares them with the service's answers.
 */

import recorded from "../examples/answers.json" with { type: "json" };
import type { Declaration } from "./declaration.ts";
import { type Problem, problemBody } from "./problems.ts";
import { sharedProblems } from "./shared_problems.ts";

/** A request that was sent. */
export interface RecordedRequest {
  readonly path: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** An answer of the service. */
export interface RecordedAnswer {
  /** The name of the example in the document. The `code` of a problem. */
  readonly name: string;
  readonly status: number;
  /** The media type; none for an empty answer. */
  readonly type?: string;
  /** The JSON, or the text of any other type. */
  readonly body?: unknown;
  /** The headers that the document declares. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body of the request, if it is another one than in the first request. */
  readonly request_body?: unknown;
  /** The media type of that body, if it is no plain JSON. */
  readonly request_type?: string;
}

/** The examples of one call. */
export interface RecordedCall {
  readonly request: RecordedRequest;
  readonly answers: readonly RecordedAnswer[];
}

/** The examples by `operation_id`. */
export const RECORDED: Readonly<Record<string, RecordedCall>> = recorded as never;

/** Examples as OpenAPI lists them. */
export type Examples = Record<string, { readonly value: unknown } | { readonly $ref: string }>;

/** The request id of the examples. */
export const EXAMPLE_REQUEST_ID = "0b7c1f5e-3c1d-4a52-9f0e-6d2a8b4c7e11";

/** Problems whose text is the same for every call. The document has them once, as components. */
const CONSTANT_CODES: ReadonlySet<string> = new Set([
  "body_incomplete",
  "body_too_slow",
  "company_not_found",
  "content_encoding_unsupported",
  "idempotency_key_in_use",
  "idempotency_key_reused",
  "internal_error",
  "invalid_host",
  "invalid_json",
  "session_expired",
  "too_many_downloads",
  "too_many_failed_attempts",
  "too_many_large_bodies",
  "too_many_requests",
  "unauthenticated",
]);

/** Lists the shared examples, by name. */
export function componentExamples(calls: readonly Declaration[]): Examples {
  const problems = calls.flatMap(sharedProblems).filter(({ code }) => CONSTANT_CODES.has(code));
  return Object.fromEntries(problems.map((problem) => [problem.code, exampleOf(problem)]));
}

/** Returns the examples of a call's answers of one status and media type. */
export function answerExamples(call: Declaration, status: number, type: string): Examples {
  const answers = RECORDED[call.operation_id]?.answers ?? [];
  return named(
    answers.filter((answer) => answer.status === status && answer.type === type)
      .map(({ name, body }) => [name, { value: body }]),
  );
}

/** Returns the examples of a call's problems of one status: its own, then those that follow from its declaration. */
export function problemExamples(call: Declaration, status: number): Examples {
  const own = answerExamples(call, status, "application/problem+json");
  const shared = sharedProblems(call)
    .filter((problem) => problem.status === status && !(problem.code in own))
    .map((problem) => [problem.code, sharedExample(problem)] as const);
  return { ...own, ...Object.fromEntries(shared) };
}

/** Returns the examples of a call's body of one media type. */
export function requestExamples(
  { operation_id }: Pick<Declaration, "operation_id">,
  type = "application/json",
): Examples {
  const call = RECORDED[operation_id];
  if (call === undefined) return {};
  const { request, answers } = call;
  const others = answers.filter(({ request_body, request_type = "application/json" }) =>
    request_body !== undefined && request_type === type
  );
  const first = type === "application/json"
    ? [[answers[0]?.name ?? "example", { value: request.body }] as const]
    : [];
  return named([
    ...first,
    ...others.map(({ name, request_body }) => [name, { value: request_body }] as const),
  ]);
}

/** Returns the examples as an object. Of several with one name the first stays. */
function named(examples: readonly (readonly [name: string, example: Examples[string]])[]): Examples {
  const by_name: Examples = {};
  for (const [name, example] of examples) by_name[name] ??= example;
  return by_name;
}

function sharedExample(problem: Problem): Examples[string] {
  return CONSTANT_CODES.has(problem.code)
    ? { $ref: `#/components/examples/${problem.code}` }
    : exampleOf(problem);
}

function exampleOf(problem: Problem): Examples[string] {
  return { value: problemBody(problem, EXAMPLE_REQUEST_ID) };
}
