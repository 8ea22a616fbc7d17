import { assertCommandLine } from "../command_line.ts";

Deno.test("the demo explains itself, and rejects options it does not have", () =>
  assertCommandLine("tools/demo/main.ts", "demo"));

Deno.test("the screenshots task explains itself, and rejects options it does not have", () =>
  assertCommandLine("tests/browser/screenshots.ts", "screenshots"));
