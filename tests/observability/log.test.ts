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

/** The lines that a script with a configured log wrote to standard output, and its standard error. */
async function outputOf(script: string): Promise<{ lines: Record<string, unknown>[]; errors: string }> {
  const module = new URL("../../src/observability/log.ts", import.meta.url);
  const head = `
    import { configureLog, reportError } from "${module}";
    import { getLogger } from "@logtape/logtape";
    await configureLog("debug");
    const log = getLogger(["poli-credits"]);
  `;
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "eval",
      "--quiet",
      "--ext=ts",
      `--config=${fileURLToPath(new URL("../../deno.json", import.meta.url))}`,
      head + script,
    ],
    stdout: "piped",
    stderr: "piped",
  }).output();
  const written = new TextDecoder().decode(stdout).trim().split("\n");
  return { lines: written.map((line) => JSON.parse(line)), errors: new TextDecoder().decode(stderr) };
}

Deno.test("every level is logged to standard output, and nothing to standard error", async () => {
  const { lines, errors } = await outputOf(`
    for (const level of ["debug", "info", "warn", "error", "fatal"]) log[level]("a " + level);
    reportError("a test")(new TypeError("a bug"));
  `);
  assert.deepEqual(lines.map(({ level }) => level), ["DEBUG", "INFO", "WARN", "ERROR", "FATAL", "ERROR"]);
  assert.equal(errors, "");
});

for (
  const [end, how] of [
    ["Deno.exit(0);", "exits at once"],
    ["throw new Error('a bug');", "ends by an uncaught error"],
    ["void Promise.reject(new Error('a bug'));", "ends by an unhandled rejection"],
  ] as const
) {
  Deno.test(`a process that ${how} writes the lines that wait`, async () => {
    const { lines } = await outputOf(`log.info("last"); ${end}`);
    assert.deepEqual(lines.map(({ message }) => message), ["last"]);
  });
}
