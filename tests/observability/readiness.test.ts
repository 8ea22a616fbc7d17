import assert from "node:assert/strict";
import { DatabaseError } from "../../src/postgres/database_error.ts";
import { readiness } from "../../src/observability/readiness.ts";

const RUNNING = new AbortController().signal;
const CLOCK = { status: "ok" };

Deno.test("the service is ready while Postgres answers and takes writes", async () => {
  assert.deepEqual(await readiness(() => Promise.resolve(true), RUNNING, CLOCK), {
    ready: true,
    checks: { postgres: "ok", clock: "ok" },
  });
});

Deno.test("the service is not ready on a read-only server, which still answers reads", async () => {
  assert.deepEqual(await readiness(() => Promise.resolve(false), RUNNING, CLOCK), {
    ready: false,
    checks: { postgres: "read-only: writes fail", clock: "ok" },
  });
});

Deno.test("the service is not ready when Postgres does not answer or is refused, or while it stops", async () => {
  assert.deepEqual(await readiness(() => Promise.reject(new Error("gone")), RUNNING, CLOCK), {
    ready: false,
    checks: { postgres: "does not answer", clock: "ok" },
  });
  assert.deepEqual(await readiness(() => Promise.reject(new DatabaseError("a replica")), RUNNING, CLOCK), {
    ready: false,
    checks: { postgres: "unusable: see the log", clock: "ok" },
  });
  assert.deepEqual(await readiness(() => Promise.resolve(true), AbortSignal.abort(), CLOCK), {
    ready: false,
    checks: { service: "stopping" },
  });
});

Deno.test("the service is ready although its clock is wrong, and shows it", async () => {
  const status = "no day is closed: the machine's clock is 3888000 s ahead of Postgres";
  assert.deepEqual(await readiness(() => Promise.resolve(true), RUNNING, { status }), {
    ready: true,
    checks: { postgres: "ok", clock: status },
  });
});
