import assert from "node:assert/strict";
import { startEmbeddedPostgres } from "../../../src/embedded_postgres/embedded_postgres.ts";
import { seedCluster, temporaryFolder } from "../../support/database.ts";
import { FAST_SETTINGS } from "../../support/database_warden.ts";
import { runChaos } from "../../../tools/chaos/chaos.ts";
import type { Fault } from "../../../tools/chaos/faults.ts";

/** Registers a test of one round of each fault. */
export async function testFaults(faults: readonly Fault[]): Promise<void> {
  for (const fault of faults) await testFault(fault);
}

async function testFault(fault: Fault): Promise<void> {
  const reason = await fault.unavailable?.();
  // In CI a program that is missing is a failure.
  const ignore = reason !== undefined && !Deno.env.get("CI");
  const name = `nothing answered 200 is lost or counted twice after a fault: ${fault.description}`;
  Deno.test({ name: ignore ? `${name} (skipped: ${reason})` : name, ignore }, async () => {
    assert.equal(reason, undefined);
    await using folder = await temporaryFolder();
    const lines: string[] = [];
    const [report] = await runChaos([fault], {
      folder: folder.path,
      rounds: 1,
      seed: "test",
      log: (line) => void lines.push(line),
      async startPostgres(data_dir, settings) {
        await seedCluster(data_dir);
        return await startEmbeddedPostgres({ data_dir, settings: { ...FAST_SETTINGS, ...settings } });
      },
    });
    assert.deepEqual(report!.violations, [], lines.join("\n"));
    if (report!.skipped === undefined) assert.ok(report!.rounds[0]!.answers.durable >= 100);
  });
}
