/**
 * Conditional requests (RFC 9110, 13): strong ETags, `If-Match` and `If-None-Match`. A precondition of a change is
 * checked by the company's actor, one of a read here. A read whose body names its own time has a weak ETag, and can only
 * be revalidated.
 */

import { z } from "@hono/zod-openapi";
import { type Precondition, unmet } from "../../domain/company/precondition.ts";
import { invalidRequest, Problem, refusedProblem } from "./problems.ts";
import type { UnreadAnswers } from "./unread_answers.ts";

/** An entity tag (RFC 9110, 8.8.3). */
const ETAG = /(W\/)?"([!#-~\u0080-\u00ff]*)"/g;

/** The headers of a conditional request, for the documentation: {@link preconditionOf} reads them. */
export const ConditionalHeaders = z.object({
  "If-Match": z.string().optional().openapi({
    description:
      "The `ETag` of the last response, or several, or `*` for any. If the resource has changed since, the response is " +
      "412 `precondition_failed` and nothing changes. Without it the last writer wins.",
    example: '"3.2.0"',
  }),
  "If-None-Match": z.string().optional().openapi({
    description:
      "In a GET: 304 if the ETag is still current. In a PUT, `*` only creates: 412 if the resource exists.",
    example: "*",
  }),
});

/** The `ETag` header, for the documentation. */
export const ETAG_HEADER = {
  ETag: {
    description:
      "The strong entity tag of the resource. It changes with every change of it, and not with usage.",
    schema: { type: "string" as const },
    example: '"3.2.0"',
  },
};

/** The header of a read that can be revalidated, for the documentation: {@link answerRevalidated} reads it. */
export const RevalidationHeader = z.object({
  "If-None-Match": z.string().optional().openapi({
    description: "The `ETag` of the last response, or several: 304 without a body while one is current.",
    example: 'W/"57.q3sN0bYk"',
  }),
});

/** The `ETag` header of a read that can be revalidated, for the documentation. */
export const WEAK_ETAG_HEADER = {
  ETag: {
    description: "A weak entity tag. Responses with the same tag differ in `as_of` at most.",
    schema: { type: "string" as const },
    example: 'W/"57.q3sN0bYk"',
  },
};

/**
 * Returns the response to a read of what a tag identifies, but for the time of the read: 304 if the client has that tag,
 * otherwise the body.
 *
 * @param toText returns the body as JSON; not called for a 304
 */
export function answerRevalidated(
  answers: UnreadAnswers,
  headers: Headers,
  tag: string,
  toText: () => string,
): Response | Problem {
  const etag = `W/"${tag}"`;
  const condition = headers.get("if-none-match");
  const is_current = condition !== null && (condition === etag || matches(condition, tag));
  if (is_current instanceof Problem) return is_current;
  // To create a response with more headers costs more than to set them on it.
  const response = is_current
    ? new Response(null, { status: 304 })
    : answers.respond(toText(), { headers: JSON_TYPE });
  response.headers.set("etag", etag);
  return response;
}

const JSON_TYPE = { "content-type": "application/json" };

/** Tells whether `If-None-Match` has a tag, compared weakly. */
function matches(condition: string, tag: string): boolean | Problem {
  const tags = tagsIn(condition);
  if (tags === null) return invalidTags(["If-None-Match"]);
  return tags === "*" || tags!.some((listed) => listed.tag === tag);
}

/** Reads the precondition of a request. Returns a problem when a header is invalid. */
export function preconditionOf(headers: Headers): Precondition | Problem {
  const [if_match, if_none_match] = ["if-match", "if-none-match"].map((name) => tagsIn(headers.get(name)));
  const invalid = [
    ...if_match === null ? ["If-Match"] : [],
    ...if_none_match === null ? ["If-None-Match"] : [],
  ];
  if (invalid.length > 0) return invalidTags(invalid);
  return {
    // A weak tag matches only in If-None-Match, which compares weakly.
    if_match: strong(if_match!),
    if_none_match: if_none_match === "*" ? "*" : if_none_match?.map(({ tag }) => tag),
  };
}

function invalidTags(names: readonly string[]): Problem {
  return invalidRequest(names.map((name) => ({
    path: name,
    message:
      `${name} must be * or entity tags in double quotes, such as "3.2.0": send the ETag of the last response`,
  })));
}

/** Returns a JSON response with the ETag of a revision; the body itself when there is none. */
export function tagged<Body>(body: Body, revision: string | undefined): Body | Response {
  return revision === undefined ? body : Response.json(body, { headers: { etag: etagOf(revision) } });
}

/** Returns the response to a conditional read: 304, 412 or the body with its ETag. */
export function answerRead<Body>(
  resource: "company" | "contract",
  { if_match, if_none_match }: Precondition,
  body: Body,
  revision: string,
): Body | Response | Problem {
  const refusal = unmet(resource, { if_match }, revision);
  if (refusal !== undefined) return refusedProblem(refusal);
  if (unmet(resource, { if_none_match }, revision) === undefined) return tagged(body, revision);
  return new Response(null, { status: 304, headers: { etag: etagOf(revision) } });
}

function etagOf(revision: string): string {
  return `"${revision}"`;
}

interface Tag {
  readonly tag: string;
  readonly is_weak: boolean;
}

/** Parses a list of entity tags. Undefined without a header, null for an invalid one. */
function tagsIn(header: string | null): "*" | readonly Tag[] | null | undefined {
  if (header === null) return undefined;
  if (header.trim() === "*") return "*";
  const tags = [...header.matchAll(ETAG)].map(([, weak, tag]) => ({
    tag: tag!,
    is_weak: weak !== undefined,
  }));
  // A tag may contain a comma, so each tag is replaced before the list is split.
  const parts = header.replaceAll(ETAG, "T").split(",").map((part) => part.trim()).filter((part) =>
    part !== ""
  );
  return tags.length > 0 && parts.length === tags.length && parts.every((part) => part === "T") ? tags : null;
}

function strong(tags: "*" | readonly Tag[] | undefined): "*" | readonly string[] | undefined {
  return tags === "*" ? "*" : tags?.filter(({ is_weak }) => !is_weak).map(({ tag }) => tag);
}
