/** The API documentation: Scalar, served by this service from the document at `/openapi.json`. */

import { gunzipSync } from "node:zlib";
import { z } from "@hono/zod-openapi";
import scalar from "../../web/dist/scalar.js.gz" with { type: "bytes" };
import { ASSETS } from "../../web/assets.ts";
import { Problem } from "../kit/problems.ts";
import { type Api, route } from "../kit/route.ts";
import { gzip, type Gzipped, gzippedResponse } from "./gzip.ts";

/** Adds the API documentation. */
export function docs(api: Api): void {
  const shared = { method: "get", policy: "public", tag: "Documentation" } as const;
  const page = gzip(PAGE);
  route(api, {
    ...shared,
    path: "/docs",
    operation_id: "getDocs",
    summary: "API documentation",
    produces: "text/html",
  }, ({ request }) => gzippedResponse(api.answers, page, request, { "content-type": HTML, ...POLICY }));
  const files = filesOf();
  route(api, {
    ...shared,
    path: "/docs/{file}",
    operation_id: "getDocsFile",
    summary: "A file of the documentation page",
    params: z.object({ file: z.string() }),
    produces: ["text/javascript", "text/css"],
    problems: [404],
  }, ({ params: { file: name }, request }) => {
    const file = files.get(name);
    if (file === undefined) return new Problem(404, "route_not_found", "No such file: see /docs.");
    const headers = { "content-type": file.type, "cache-control": "max-age=3600" };
    return gzippedResponse(api.answers, file, request, headers);
  });
}

const HTML = "text/html; charset=utf-8";

/** Scalar sets styles from its script. It runs nothing inline, and loads nothing from other origins. */
const POLICY = {
  "content-security-policy": [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; "),
};

const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>Poli Credits: API</title>
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <link rel="icon" href="${ASSETS.icon.path}">
    <link rel="stylesheet" href="/docs/page.css">
    <script src="/docs/scalar.js" defer></script>
    <script src="/docs/start.js" defer></script>
  </head>
  <body>
    <div id="docs"></div>
    <noscript>This page needs JavaScript. The document itself is at <a href="/openapi.json">/openapi.json</a>.</noscript>
  </body>
</html>
`;

/** What Scalar shows. Everything that would contact another service is off. */
const SETTINGS = {
  url: "/openapi.json",
  telemetry: false,
  withDefaultFonts: false,
  showDeveloperTools: "never",
  hideClientButton: true,
  agent: { disabled: true },
  mcp: { disabled: true },
  persistAuth: false,
  authentication: { preferredSecurityScheme: "key" },
  documentDownloadType: "json",
  defaultHttpClient: { targetKey: "shell", clientKey: "curl" },
};

const START = `Scalar.createApiReference("#docs", ${JSON.stringify(SETTINGS)});\n`;

const STYLE = `:root {
  --scalar-font: system-ui, sans-serif;
  --scalar-font-code: ui-monospace, monospace;
}
body { margin: 0; }
`;

type File = Gzipped & { readonly type: string };

/** Returns the files of the page, by name. */
function filesOf(): ReadonlyMap<string, File> {
  const script = { type: "text/javascript; charset=utf-8", gzip: scalar };
  let unpacked: Uint8Array<ArrayBuffer> | undefined;
  return new Map<string, File>([
    ["start.js", { type: "text/javascript; charset=utf-8", ...gzip(START) }],
    ["page.css", { type: "text/css; charset=utf-8", ...gzip(STYLE) }],
    ["scalar.js", {
      ...script,
      // Every browser takes gzip, so the megabytes of text are rarely needed.
      get plain() {
        return unpacked ??= new Uint8Array(gunzipSync(scalar));
      },
    }],
  ]);
}
