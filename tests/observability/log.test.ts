import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { configure, reset } from "@logtape/logtape";
import { reportError } from "../../src/observability/log.ts";

Deno.test("transient errors are logged at most once a second, other errors every time", async () => {
  const levels: string[] = [];
  await configure({
    sinks: { levels: ({ level }) => void levels.push(level) },
    loggers: [
      { category: ["poli-credits"], sinks: ["levels"], lowestLevel: "debug" },
      { category: ["logtape", "meta"], sinks: [] },
    ],
  });
  try {
    const outage = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
    for (const company of ["acme", "padaria", "mercado"]) reportError(`company ${company}`)(outage);
    for (const company of ["acme", "padaria"]) {
      reportError(`company ${company}`)(new TypeError("a bug"));
    }
  } finally {
    await reset();
  }
  assert.deepEqual(levels, ["error", "debug", "debug", "error", "error"]);
});

Deno.test("every level is logged to standard output, and nothing to standard error", async () => {
  const module = new URL("../../src/observability/log.ts", import.meta.url);
  const script = `
    import { configureLog, reportError } from "${module}";
    import { getLogger } from "@logtape/logtape";
    await configureLog("debug");
    const log = getLogger(["poli-credits"]);
    for (const level of ["debug", "info", "warn", "error", "fatal"]) log[level]("a " + level);
    reportError("a test")(new TypeError("a bug"));
  `;
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "eval",
      "--quiet",
      "--ext=ts",
      `--config=${fileURLToPath(new URL("../../deno.json", import.meta.url))}`,
      script,
    ],
    stdout: "piped",
    stderr: "piped",
  }).output();
  const lines = new TextDecoder().decode(stdout).trim().split("\n").map((line) => JSON.parse(line).level);
  assert.deepEqual(lines, ["DEBUG", "INFO", "WARN", "ERROR", "FATAL", "ERROR"]);
  assert.equal(new TextDecoder().decode(stderr), "");
});
