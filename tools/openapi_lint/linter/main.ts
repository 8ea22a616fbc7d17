/** Reads an OpenAPI document from standard input, and writes the rules that it violates to standard output as JSON. */

import { createConfig, lintFromString } from "@redocly/openapi-core";

const source = await new Response(Deno.stdin.readable).text();
const config = await createConfig({ extends: ["recommended"] });
const problems = await lintFromString({ source, absoluteRef: "/openapi.json", config });
const violations = problems.map(({ ruleId, message, location: [place] }) => ({
  rule: ruleId,
  pointer: place?.pointer ?? "",
  message,
}));
await new Blob([JSON.stringify(violations)]).stream().pipeTo(Deno.stdout.writable);
