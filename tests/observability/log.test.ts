import assert from "node:assert/strict";
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
