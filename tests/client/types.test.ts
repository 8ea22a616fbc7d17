import assert from "node:assert/strict";
import { clientTypes, TYPES_FILE } from "../../tools/client/types.ts";

Deno.test("the client's types are those of the OpenAPI document", async () => {
  const committed = await Deno.readTextFile(TYPES_FILE);
  assert.ok(committed === await clientTypes(), "run `deno task client:types`, and commit the result");
});
