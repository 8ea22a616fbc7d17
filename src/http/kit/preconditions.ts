/**
 * Conditional requests (RFC 9110, 13): strong ETags, `If-Match` and `If-None-Match`. A precondition of a change is
 * checked by the company's actor, one of a read here.
 */

import { z } from "@hono/zod-openapi";
import { type Precondition, unmet } from "../../domain/company/precondition.ts";
import { invalidRequest, type Problem, refusedProblem } from "./problems.ts";

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

/** Reads the precondition of a request. Returns a problem when a header is invalid. */
export function preconditionOf(headers: Headers): Precondition | Problem {
  const [if_match, if_none_match] = ["if-match", "if-none-match"].map((name) => tagsIn(headers.get(name)));
  const invalid = [["If-Match", if_match], ["If-None-Match", if_none_match]].filter(([, tags]) =>
    tags === null
  );
  if (invalid.length > 0) {
    return invalidRequest(invalid.map(([name]) => ({
      path: String(name),
      message:
        `${name} must be * or entity tags in double quotes, such as "3.2.0": send the ETag of the last response`,
    })));
  }
  return {
    // A weak tag matches only in If-None-Match, which compares weakly.
    if_match: strong(if_match!),
    if_none_match: if_none_match === "*" ? "*" : if_none_match?.map(({ tag }) => tag),
  };
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
