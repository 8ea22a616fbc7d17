import assert from "node:assert/strict";
import { openFilesArguments } from "../../../src/config/open_files.ts";
import { parseOptions } from "../../../tools/command_line.ts";
import { OPTIONS } from "../../../tools/demo/main.ts";
import { assertCommandLine } from "../command_line.ts";

Deno.test("the demo explains itself, and rejects options it does not have", () =>
  assertCommandLine("tools/demo/main.ts", "demo"));

Deno.test("the screenshots task explains itself, and rejects options it does not have", () =>
  assertCommandLine("tests/browser/screenshots.ts", "screenshots"));

Deno.test("the demo accepts the arguments that its task passes", () => {
  assert.deepEqual({ ...parseOptions(openFilesArguments(1_000), OPTIONS) }, { "open-files": "1000" });
});
