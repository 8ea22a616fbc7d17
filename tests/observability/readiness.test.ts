import assert from "node:assert/strict";
import { DatabaseError } from "../../src/postgres/database_error.ts";
import { readiness } from "../../src/observability/readiness.ts";

const RUNNING = new AbortController().signal;

Deno.test("the service is ready while Postgres answers and takes writes", async () => {
  assert.deepEqual(await readiness(() => Promise.resolve(true), RUNNING), {
    ready: true,
    checks: { postgres: "ok" },
  });
});

Deno.test("the service is not ready on a read-only server, which still answers reads", async () => {
  assert.deepEqual(await readiness(() => Promise.resolve(false), RUNNING), {
    ready: false,
    checks: { postgres: "read-only: writes fail" },
  });
});

Deno.test("the service is not ready when Postgres does not answer or is refused, or while it stops", async () => {
  assert.deepEqual(await readiness(() => Promise.reject(new Error("gone")), RUNNING), {
    ready: false,
    checks: { postgres: "does not answer" },
  });
  assert.deepEqual(await readiness(() => Promise.reject(new DatabaseError("a replica")), RUNNING), {
    ready: false,
    checks: { postgres: "unusable: see the log" },
  });
  assert.deepEqual(await readiness(() => Promise.resolve(true), AbortSignal.abort()), {
    ready: false,
    checks: { service: "stopping" },
  });
});
