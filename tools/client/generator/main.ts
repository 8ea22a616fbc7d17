/**
 * Reads an OpenAPI document from standard input, and writes its TypeScript types to standard output. It has a lock file
 * of its own: Deno downloads every package of a lock file at the first start, and the service needs none of these.
 */

import openapiTypescript, { astToString } from "openapi-typescript";

const document = await new Response(Deno.stdin.readable).text();
const types = await openapiTypescript(document, {
  rootTypes: true,
  rootTypesNoSchemaPrefix: true,
  // A field with a default may be left out of a request.
  defaultNonNullable: false,
});
await new Blob([astToString(types)]).stream().pipeTo(Deno.stdout.writable);
