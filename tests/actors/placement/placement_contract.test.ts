import assert from "node:assert/strict";
import { soloPlacement } from "../../../actors/placement/solo.ts";
import type { Answer, Command } from "../../../src/domain/company/command.ts";
import type { CompanyId } from "../../../src/domain/types.ts";
import type { Placement } from "../../../src/ports/placement.ts";
import { balanceIn, MORNING_MS, TestActors, wrote } from "../../support/actors.ts";
import { TestCluster } from "../../support/cluster/test_cluster.ts";
import { ANA, BETO } from "../../support/fixtures.ts";

const COMPANIES = Array.from({ length: 8 }, (_, n) => `company-${n}` as CompanyId);

/** Placements of one kind on one store, and time that passes until commands are answered. */
interface PlacementUnderTest {
  readonly placements: readonly Placement[];
  /** Resolves with the answers, and lets time pass. */
  settle<Value>(work: Promise<Value>): Promise<Value>;
}

async function solo(): Promise<PlacementUnderTest> {
  const actors = new TestActors();
  for (const company of COMPANIES) await actors.create(company);
  const placement = soloPlacement(actors.createSystem(), "alone", { is_certain: true });
  await placement.start();
  return { placements: [placement], settle: (work) => work };
}

function clustered(...names: string[]): () => Promise<PlacementUnderTest> {
  return async () => {
    const cluster = new TestCluster();
    await cluster.create(COMPANIES);
    const nodes = await cluster.startAll(...names);
    return {
      placements: nodes.map(({ placement }) => placement),
      async settle(work) {
        let is_settled = false;
        const settled = work.finally(() => is_settled = true);
        for (let waited_ms = 0; !is_settled && waited_ms < 10_000; waited_ms += 100) {
          await cluster.advance(100);
        }
        return await settled;
      },
    };
  };
}

const KINDS = { solo, "one node": clustered("one"), "three nodes": clustered("one", "two", "three") };

for (const [kind, create] of Object.entries(KINDS)) {
  const test = (name: string, run: (under_test: PlacementUnderTest) => Promise<void>) =>
    Deno.test(`${kind}: ${name}`, async () => await run(await create()));

  test("a command is executed by whichever placement gets it, on the state that all others see", async ({ placements, settle }) => {
    for (const [n, company] of COMPANIES.entries()) {
      const at = (offset: number) => placements[(n + offset) % placements.length]!.companies;
      const recorded = [wrote(ANA), wrote(BETO), wrote(ANA)].map((command, i) =>
        at(i).execute(company, command)
      );
      assert.deepEqual(await settle(Promise.all(recorded)), recorded.map(() => ({ type: "done" })));
      for (let i = 0; i < placements.length; i++) {
        const balance = balanceIn(await settle(at(i).execute(company, { type: "read_balance" })));
        assert.deepEqual([balance.company, balance.consumed], [company, 2]);
      }
    }
  });

  test("exactly one placement owns each company, and one leads", ({ placements }) => {
    for (const company of COMPANIES) {
      assert.equal(placements.filter((placement) => placement.owns(company)).length, 1);
    }
    assert.equal(placements.filter(({ leads }) => leads).length, 1);
    const [of_this] = placements.map((placement) => placement.nodes().find(({ is_this }) => is_this)!);
    const shards = placements[0]!.nodes().flatMap((node) => node.shards);
    assert.deepEqual(shards.toSorted((a, b) => a - b), Array.from({ length: 256 }, (_, shard) => shard));
    assert.equal(of_this!.state, "reachable");
    return Promise.resolve();
  });

  test("views, refusals, unknown companies and commands after a read are answered alike", async ({ placements, settle }) => {
    const company = COMPANIES[0]!;
    const all = (command: Command): Promise<Answer[]> =>
      settle(Promise.all(placements.map(({ companies }) => companies.execute(company, command))));
    for (const answer of await all({ type: "read_company" })) {
      assert.equal(answer.type, "company");
      // The calendar computes: it is no mere record.
      if (answer.type === "company") assert.equal(answer.view.calendar.dateOf(MORNING_MS), answer.view.today);
    }
    for (const answer of await all({ type: "cancel_contract", by: "a test" })) {
      assert.deepEqual([answer.type, "code" in answer && answer.code], ["refused", "package_not_found"]);
    }
    const unknown = "nobody" as CompanyId;
    for (const { companies } of placements) {
      const answer = await settle(companies.execute(unknown, { type: "read_balance" }));
      assert.deepEqual(answer, { type: "company_not_found" });
      const reopened = await settle(
        companies.executeAfterRead(company, { type: "reopen_days", by: "a test" }),
      );
      assert.deepEqual(reopened, { type: "not_reopened" });
    }
  });
}
