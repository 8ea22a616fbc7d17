import assert from "node:assert/strict";
import {
  connectionsMax,
  connectionsWithin,
  openFilesArguments,
  openFilesIn,
  openFilesLimit,
} from "../../src/config/open_files.ts";

const LIMITS = `Limit                     Soft Limit           Hard Limit           Units
Max processes             96365                96365                processes
Max open files            4096                 65536                files
`;

Deno.test("the soft limit of open files is read from the limits of the process", () => {
  assert.equal(openFilesIn(LIMITS), 4_096);
  assert.equal(openFilesIn(LIMITS.replace("4096 ", "unlimited ")), Infinity);
  assert.equal(openFilesIn("no limits"), undefined);
});

Deno.test("a limit that cannot be read is the one that was passed, or else 4,096", () => {
  const unreadable = () => undefined;
  assert.deepEqual(openFilesArguments(20_000), ["--open-files=20000"]);
  assert.equal(openFilesLimit(openFilesArguments(20_000), unreadable), 20_000);
  assert.equal(openFilesLimit(openFilesArguments(Infinity), unreadable), Infinity);
  assert.equal(openFilesLimit([], unreadable), 4_096);
  assert.equal(openFilesLimit(["--open-files=x"], unreadable), 4_096);
  assert.equal(openFilesLimit(["--open-files=20000"], () => 1_024), 1_024);
});

Deno.test("connections leave at least 256 open files and an eighth of the limit", () => {
  assert.equal(connectionsWithin(1_024), 768);
  assert.equal(connectionsWithin(65_536), 57_344);
  assert.equal(connectionsWithin(100), 1);
});

Deno.test("the maximum of connections is below the limit of open files, by default and as configured", () => {
  assert.equal(connectionsMax(undefined, 4_096), 3_584);
  assert.equal(connectionsMax(undefined, Infinity), 32_768);
  assert.equal(connectionsMax(40_000, 65_536), 40_000);
  assert.equal(connectionsMax(4_000, 4_096), undefined);
});
