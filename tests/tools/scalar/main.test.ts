import assert from "node:assert/strict";
import { hash } from "node:crypto";
import { gunzipSync } from "node:zlib";
import { assertCommandLine } from "../command_line.ts";
import { SCRIPT_SHA256 } from "../../../tools/scalar/main.ts";

Deno.test("the committed script of the documentation is the file of the pinned package", async () => {
  const file = await Deno.readFile(new URL("../../../src/web/dist/scalar.js.gz", import.meta.url));
  assert.equal(
    hash("sha256", gunzipSync(file), "hex"),
    SCRIPT_SHA256,
    "run `deno task scalar`, and commit the result",
  );
});

Deno.test("`deno task scalar` prints its usage on --help, and rejects an unknown option", async () => {
  await assertCommandLine("tools/scalar/main.ts", "scalar");
});
