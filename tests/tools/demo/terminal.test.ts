import assert from "node:assert/strict";
import { Progress, type Screen } from "../../../tools/demo/progress.ts";
import { demoConfig, environmentPrefix } from "../../../tools/demo/settings.ts";

Deno.test("on a terminal the progress line is overwritten, and printed text stays above it", () => {
  const { screen, written } = screenOf({ terminal: true, columns: 12 });
  const progress = new Progress(screen, () => 0);
  progress.update("one");
  progress.update("two, too long");
  progress.print("done");
  assert.equal(written(), "\r\x1b[2Kone\r\x1b[2Ktwo, too l…\r\x1b[2Kdone\n");
});

Deno.test("elsewhere progress is printed as lines, at intervals", () => {
  const { screen, written } = screenOf({ terminal: false, columns: undefined });
  const times_ms = [0, 0, 100, 6_000, 6_000];
  const progress = new Progress(screen, () => times_ms.shift() ?? 6_000);
  progress.update("one");
  progress.update("two");
  progress.update("three");
  progress.print("done");
  assert.equal(written(), "one\nthree\ndone\n");
});

Deno.test("the demo uses PORT and DATA_DIR, but no DATABASE_URL", () => {
  const config = demoConfig({ PORT: "9000", DATA_DIR: "/tmp/demo", DATABASE_URL: "postgres://production" });
  assert.equal(config.port, 9000);
  assert.equal(config.data_dir, "/tmp/demo");
  assert.equal(config.database_url, undefined);
  assert.equal(config.test_clock, true);
  assert.equal(environmentPrefix(config), "PORT=9000 DATA_DIR=/tmp/demo ");
  assert.equal(environmentPrefix(demoConfig({})), "");
});

function screenOf({ terminal, columns }: { terminal: boolean; columns: number | undefined }) {
  let text = "";
  const screen: Screen = {
    isTerminal: () => terminal,
    columns: () => columns,
    write: (part) => void (text += part),
  };
  return { screen, written: () => text };
}
