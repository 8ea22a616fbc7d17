/**
 * How a person in a browser is let in.
 *
 * S1. A system that knows its user asks for a link with its key and sends the browser there at once. The link opens
 *     a session once, within five minutes; then it is worth nothing, in whatever history or log it stands.
 * S2. The session is a cookie that no script reads. It is `Lax`, so that a person who comes from another site's
 *     page is let in; where the page may be shown in another site's frame, it is `None` and `Partitioned`.
 * S3. Only a navigation opens a link: what fetches it ahead or shows a preview of it spends nothing.
 * S4. With a cookie one may look, ask for quotes and log out. Logging out is refused to another site's page.
 */

import { z } from "@hono/zod-openapi";
import { serialize } from "hono/utils/cookie";
import { VIEWER_COOKIE, viewerToken } from "../middleware/authentication.ts";
import { CompanyPath, formatInstant, InstantBody, optionalField } from "../kit/fields.ts";
import type { Companies, Sessions } from "../../ports.ts";
import { Problem, problemOfAnswer } from "../kit/problems.ts";
import { createPages, REPORT_PATH } from "../pages/html.ts";
import { type Api, route } from "../kit/route.ts";

const TTL_SECONDS_DEFAULT = 15 * 60;
const TTL_SECONDS_MAX = 24 * 60 * 60;

const AskedSessionBody = z.strictObject({
  ttl_seconds: optionalField(z.int().min(1).max(TTL_SECONDS_MAX)).transform((ttl_s) =>
    ttl_s ?? TTL_SECONDS_DEFAULT
  ).openapi({
    default: TTL_SECONDS_DEFAULT,
    description: "The session is over when it was not used for so long; after a day in any case.",
  }),
}).openapi("AskedViewerSession");

const SessionBody = z.object({
  url: z.string().openapi({ description: "Opens the page, once: send the browser there now." }),
  url_expires_at: InstantBody.openapi({ description: "Until when the link can be opened." }),
  expires_at: InstantBody.openapi({ description: "When the session is over, unless it is used before." }),
}).openapi("ViewerSession");

/** What viewers' sessions need to know. */
export interface ViewerSessionOptions {
  readonly companies: Companies;
  readonly viewer_sessions: Sessions;
  readonly public_url?: string | undefined;
  readonly frame_ancestors: readonly string[];
}

/** Links that open sessions, the opening, and the end. */
export function viewerSessions(api: Api, options: ViewerSessionOptions): void {
  const { companies, viewer_sessions, public_url } = options;
  route(api, {
    method: "post",
    path: "/v1/companies/{company}/viewer_sessions",
    policy: { scope: "read" },
    tag: "Viewers",
    summary: "A link that lets a person in to see a company's credits",
    description: "The link opens a session once. The session ends with the key that asked for it.",
    params: CompanyPath,
    body: AskedSessionBody,
    answer: SessionBody,
    status: 201,
    problems: [429],
  }, async ({ params, body, caller, request }) => {
    const answer = await companies.execute(params.company, { type: "read_company" });
    if (answer.type !== "company") return problemOfAnswer(answer);
    const link = await viewer_sessions.createLink(params.company, caller.key, body.ttl_seconds * 1000);
    if (link === undefined) return tooManySessions();
    return {
      url: new URL(`${REPORT_PATH}/sessions/${link.token}`, public_url ?? request.url).href,
      url_expires_at: formatInstant(link.link_expires_at_ms),
      expires_at: formatInstant(link.expires_at_ms),
    };
  });
  openings(api, options);
}

function openings(api: Api, { viewer_sessions, public_url, frame_ancestors }: ViewerSessionOptions): void {
  const framed = frame_ancestors.length > 0;
  const page = {
    tag: "Viewers",
    status: 303,
    renderProblem: createPages(frame_ancestors).problemResponse,
  } as const;
  route(api, {
    ...page,
    method: "get",
    path: `${REPORT_PATH}/sessions/{link}`,
    policy: "viewer_token",
    summary: "Open a session by its link",
    description: "Answers 303 to the page, with the session's cookie.",
    params: z.object({ link: z.string() }),
    problems: [401, 403, 503],
  }, async ({ params: { link }, request }) => {
    if (!isNavigation(request)) return notOpened();
    const ticket = await viewer_sessions.openLink(link);
    return ticket === undefined ? linkSpent() : leadTo(REPORT_PATH, cookie(ticket, framed));
  });

  route(api, {
    ...page,
    method: "post",
    path: `${REPORT_PATH}/logout`,
    policy: "viewer_token",
    summary: "Log out",
    description: "Answers 303 to the page. Streams of the session end, in every tab.",
    problems: [403, 503],
  }, async ({ request }) => {
    if (!isOwnPage(request, public_url)) return foreignPage();
    const ticket = viewerToken(request.headers);
    if (ticket !== undefined) await viewer_sessions.end(ticket);
    return leadTo(REPORT_PATH, cookie("", framed, 0));
  });
}

/** Whether somebody goes there, as far as is told: browsers say it of every request, programs say nothing. */
function isNavigation({ method, headers }: Request): boolean {
  const ahead = [headers.get("sec-purpose"), headers.get("purpose"), headers.get("x-purpose")];
  if (method !== "GET" || ahead.some((purpose) => /prefetch|prerender|preview/i.test(purpose ?? ""))) {
    return false;
  }
  return (headers.get("sec-fetch-mode") ?? "navigate") === "navigate";
}

/** Whether a page of ours sends this. Browsers tell of every POST where it comes from; programs have no cookies of others. */
function isOwnPage({ url, headers }: Request, public_url: string | undefined): boolean {
  const site = headers.get("sec-fetch-site");
  if (site !== null) return site === "same-origin";
  const origin = headers.get("origin");
  return origin === null || [url, public_url ?? url].some((own) => new URL(own).origin === origin);
}

function cookie(ticket: string, framed: boolean, maxAge?: number): string {
  const elsewhere = framed ? { sameSite: "None", partitioned: true } as const : { sameSite: "Lax" } as const;
  const lasts = maxAge === undefined ? {} : { maxAge };
  return serialize(VIEWER_COOKIE, ticket, {
    path: "/",
    secure: true,
    httpOnly: true,
    ...elsewhere,
    ...lasts,
  });
}

function leadTo(location: string, set_cookie: string): Response {
  return new Response(null, { status: 303, headers: { location, "set-cookie": set_cookie } });
}

function linkSpent(): Problem {
  const detail = "this link was opened before, or is too old: ask for a new one where you found it";
  return new Problem(401, "link_spent", detail, { headers: { "www-authenticate": "Bearer" } });
}

function notOpened(): Problem {
  return new Problem(403, "not_opened", "this link is for a person to follow, once: nothing was opened");
}

function foreignPage(): Problem {
  return new Problem(403, "foreign_page", "only a page of this service can log out: do it there");
}

function tooManySessions(): Problem {
  const detail = "the company has as many viewers' sessions as it may have: try again in 60 s";
  return new Problem(429, "too_many_sessions", detail, { headers: { "retry-after": "60" } });
}
