import assert from "node:assert/strict";
import { longestGap, type Probe, Prober } from "../../../tools/chaos/prober.ts";
import { sleep } from "../../../src/time/sleep.ts";

function probe(sent_ms: number, ended_ms: number, is_answered: boolean): Probe {
  return { sent_ms, ended_ms, is_answered };
}

Deno.test("a company has no owner from the first failed probe until a later one is answered", () => {
  assert.equal(longestGap([probe(0, 5, true), probe(100, 900, true)]), 0);
  // The probe of 200 fails long after that of 400 was answered.
  const probes = [
    probe(100, 105, true),
    probe(200, 2_200, false),
    probe(300, 302, false),
    probe(400, 450, true),
    probe(500, 501, false),
    probe(600, 610, true),
  ];
  assert.equal(longestGap(probes), 250);
  assert.equal(longestGap(probes.toReversed()), 250);
  assert.equal(longestGap([probe(0, 5, true), probe(100, 101, false)]), Infinity);
});

/** A node that answers balances with a status. */
function node(answer: () => Response | Promise<Response>) {
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, answer);
  return { url: `http://127.0.0.1:${server.addr.port}`, stop: () => server.shutdown() };
}

Deno.test("a company has an owner while any node answers for it, and every request is counted", async () => {
  const unavailable = () => Response.json({}, { status: 503, headers: { "retry-after": "1" } });
  const state = { owner: () => Response.json({}) };
  const [owner, other] = [node(() => state.owner()), node(unavailable)];
  const prober = new Prober(["company"], () => [owner.url, other.url]);
  while (prober.answers.unavailable < 2) await sleep(10);
  state.owner = unavailable;
  const before = prober.answers.unavailable;
  while (prober.answers.unavailable < before + 4) await sleep(10);
  state.owner = () => Response.json({});
  const answered = prober.answers.ok;
  while (prober.answers.ok < answered + 2) await sleep(10);
  const { gaps_ms, answers } = await prober.stop();
  assert.equal(gaps_ms.length, 1);
  assert.notEqual(gaps_ms[0], Infinity);
  assert.deepEqual([answers.late, answers.none, prober.violations], [0, 0, []]);
  await Promise.all([owner.stop(), other.stop()]);
});

Deno.test("an answer that no fault explains is a violation, and a node that gives none is named", async () => {
  const [wrong, gone] = [node(() => Response.json({}, { status: 500 })), node(() => Response.json({}))];
  await gone.stop();
  const prober = new Prober(["company"], () => [wrong.url, gone.url]);
  while (prober.answers.none === 0 || prober.violations.length === 0) await sleep(10);
  const { gaps_ms } = await prober.stop();
  assert.deepEqual(gaps_ms, [Infinity]);
  assert.equal(prober.violations[0], "GET /v1/companies/company/balance was answered 500");
  assert.deepEqual([...prober.unanswered], [gone.url]);
  await wrong.stop();
});
