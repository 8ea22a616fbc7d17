import assert from "node:assert/strict";
import { ApiError, PoliCredits, type Send } from "../../client/mod.ts";
import { ANA } from "../support/fixtures.ts";
import { ADMIN_KEY } from "../http/test_service.ts";
import { problem, ServedService } from "./served_service.ts";

const TEMPLATE: Send = { message_id: "order-1042", to: ANA, kind: "template" };
const FREE_FORM: Send = { message_id: "chat-1", to: ANA, kind: "free_form" };

async function servedCompany(): Promise<ServedService> {
  const served = new ServedService();
  await served.service.createCompany();
  return served;
}

Deno.test("a send that the service allows is recorded, and its cost is returned", async () => {
  await using served = await servedCompany();
  const decision = await served.credits.authorizeSend("acme", TEMPLATE, { onUnavailable: "refuse" });
  assert.ok(decision.may_send && decision.decided_by === "service");
  assert.deepEqual([decision.recorded.credits, decision.recorded.balance.consumed], [1, 1]);
});

Deno.test("a free-form message without an open window is refused by the service, also where `allow` is declared", async () => {
  await using served = await servedCompany();
  const decision = await served.credits.authorizeSend("acme", FREE_FORM, { onUnavailable: "allow" });
  assert.ok(!decision.may_send && decision.decided_by === "service");
  assert.equal(decision.problem.code, "window_closed");
});

Deno.test("while the service is away the declared decision holds", async () => {
  await using served = await servedCompany();
  const answers: Record<string, () => Response> = {
    busy: () => problem(503, "unavailable", { "retry-after": "0" }),
    limited: () => problem(429, "too_many_requests", { "retry-after": "3600" }),
    failed: () => problem(500, "internal_error"),
    proxy: () => new Response("<h1>Bad Gateway</h1>", { status: 502 }),
  };
  for (const [name, answer] of Object.entries(answers)) {
    served.intercept = answer;
    for (const onUnavailable of ["allow", "refuse"] as const) {
      const decision = await served.credits.authorizeSend("acme", TEMPLATE, { onUnavailable });
      assert.deepEqual([decision.may_send, decision.decided_by], [
        onUnavailable === "allow",
        "on_unavailable",
      ], name);
    }
  }
  const away = new PoliCredits({ url: "http://127.0.0.1:1", key: ADMIN_KEY });
  assert.ok((await away.authorizeSend("acme", TEMPLATE, { onUnavailable: "allow" })).may_send);
});

Deno.test("a service that does not answer in time is away", async () => {
  const credits = new PoliCredits({
    url: "http://service.example",
    fetch: ({ signal }) =>
      new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
  });
  const options = { onUnavailable: "refuse", timeout_ms: 20 } as const;
  const decision = await credits.authorizeSend("acme", TEMPLATE, options);
  assert.ok(!decision.may_send && decision.decided_by === "on_unavailable");
  assert.equal((decision.cause as DOMException).name, "TimeoutError");
});

Deno.test("a mistake of the caller is thrown, and not hidden by the declared decision", async () => {
  await using served = await servedCompany();
  const fail = async (credits: PoliCredits, company: string, send: Send) => {
    const error = await credits.authorizeSend(company, send, { onUnavailable: "allow" }).catch((error) =>
      error
    );
    assert.ok(error instanceof ApiError);
    return error.code;
  };
  assert.equal(await fail(served.credits, "nowhere", TEMPLATE), "company_not_found");
  assert.equal(await fail(served.credits, "acme", { ...TEMPLATE, to: "98765" }), "invalid_request");
  const stranger = new PoliCredits({ url: served.url, key: "no-key-of-this-service" });
  assert.equal(await fail(stranger, "acme", TEMPLATE), "unauthenticated");
});

Deno.test("a caller's abort is thrown, and not taken for a service that is away", async () => {
  await using served = await servedCompany();
  const options = { onUnavailable: "allow", signal: AbortSignal.abort(new Error("shutting down")) } as const;
  await assert.rejects(served.credits.authorizeSend("acme", TEMPLATE, options), /shutting down/);
});

Deno.test("a send that was allowed without the service is recorded later under its id, once", async () => {
  await using served = await servedCompany();
  // The service records it, and the answer is lost.
  const credits = new PoliCredits({
    url: served.url,
    key: ADMIN_KEY,
    retry: { attempts_max: 1 },
    fetch: async (request) => {
      await (await fetch(request)).body?.cancel();
      throw new TypeError("connection lost");
    },
  });
  const sent_at = new Date(served.service.now_ms).toISOString();
  const first = await credits.authorizeSend("acme", { ...TEMPLATE, sent_at }, { onUnavailable: "allow" });
  assert.deepEqual([first.may_send, first.decided_by], [true, "on_unavailable"]);
  const later = await served.credits.authorizeSend("acme", { ...TEMPLATE, sent_at }, {
    onUnavailable: "allow",
  });
  assert.ok(later.may_send && later.decided_by === "service");
  assert.equal(later.recorded.balance.consumed, 1);
});
