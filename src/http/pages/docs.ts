import { z } from "@hono/zod-openapi";
import { join } from "node:path";
import absolutePath from "swagger-ui-dist/absolute-path.js";
import { Problem } from "../kit/problems.ts";
import { type Api, route } from "../kit/route.ts";
import { StaticFiles } from "../kit/static_file.ts";

/** Adds the API documentation: Swagger UI, served by this service, without inline scripts. */
export function docs(api: Api): void {
  const shared = { method: "get", policy: "public", tag: "Documentation" } as const;
  const page_call = {
    ...shared,
    path: "/docs",
    operation_id: "getDocs",
    summary: "API documentation",
    produces: "text/html",
  };
  const fileResponse = (type: string, content: string | Uint8Array<ArrayBuffer>) =>
    api.answers.respond(content, {
      headers: {
        "content-type": `${type}; charset=utf-8`,
        "cache-control": "max-age=3600",
        ...SECURITY_HEADERS,
      },
    });
  route(api, page_call, () => {
    return new Response(PAGE, {
      headers: { "content-type": "text/html; charset=utf-8", ...SECURITY_HEADERS },
    });
  });
  const summary = "A file of the documentation page";
  const params = z.object({ file: z.string() });
  const produces = Object.values(FILES);
  const file_call = {
    ...shared,
    path: "/docs/{file}",
    operation_id: "getDocsFile",
    summary,
    params,
    produces,
    problems: [404, 503],
  };
  route(api, file_call, async ({ params: { file } }) => {
    if (file === "start.js") return fileResponse("text/javascript", START);
    const content = await packageFile(file);
    return content instanceof Problem ? content : fileResponse(FILES[file]!, content);
  });
}

const SECURITY_HEADERS = {
  // Swagger UI needs style attributes, and icons from data: URLs.
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'",
};

const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>Poli Credits: API</title>
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <link rel="stylesheet" href="/docs/swagger-ui.css">
    <link rel="icon" href="/docs/favicon-32x32.png">
    <script src="/docs/swagger-ui-bundle.js" defer></script>
    <script src="/docs/start.js" defer></script>
  </head>
  <body><div id="docs"></div></body>
</html>
`;

const START = `SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#docs",
  deepLinking: true,
  validatorUrl: null,
});
`;

/** The files of the package that are served. The rest is megabytes of source maps and other builds. */
const FILES: Readonly<Record<string, string>> = {
  "swagger-ui.css": "text/css",
  "swagger-ui-bundle.js": "text/javascript",
  "favicon-32x32.png": "image/png",
};

const package_files = new StaticFiles();

async function packageFile(file: string): Promise<Uint8Array<ArrayBuffer> | Problem> {
  if (!Object.hasOwn(FILES, file)) return new Problem(404, "route_not_found", "No such file: see /docs.");
  try {
    return await package_files.read(join(absolutePath(), file));
  } catch (error) {
    const why = (error as Error).message.split("\n")[0];
    const detail = `The package swagger-ui-dist cannot be read (${why}): use /openapi.json.`;
    return new Problem(503, "docs_unavailable", detail);
  }
}
