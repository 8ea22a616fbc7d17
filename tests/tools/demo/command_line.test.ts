import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { temporaryFolder } from "../../support/database.ts";
import { assertCommandLine } from "../command_line.ts";

Deno.test("the demo explains itself, and rejects options it does not have", () =>
  assertCommandLine("tools/demo/main.ts", "demo"));

Deno.test("the screenshots task explains itself, and rejects options it does not have", () =>
  assertCommandLine("tests/browser/screenshots.ts", "screenshots"));

Deno.test("the demo accepts the command line of its task in deno.json, and --fast", async () => {
  await using folder = await temporaryFolder();
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", "demo", "--fast"],
    cwd: fileURLToPath(new URL("../../../", import.meta.url)),
    // The demo reads its command line before its environment: an error there shows that it accepted the options.
    env: { NO_COLOR: "1", DATA_DIR: folder.path, PORT: "none" },
    stdin: "null",
  }).output();
  const text = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  assert.match(text, /^The demo failed: invalid environment:\s+PORT/);
  assert.equal(code, 1);
});
