/** Follows the documents as a reader does: every command in its order, and every answer as it is shown. */

import assert from "node:assert/strict";
import { sleep } from "../../src/time/sleep.ts";
import { type Block, blocksOf, placeOf } from "./blocks.ts";
import { startWithinOneDay } from "./day_end.ts";
import { faultOf, notRun, SESSIONS } from "./plan.ts";
import { DocumentShell } from "./shell.ts";

for (const [document, { after, given, env }] of Object.entries(SESSIONS)) {
  Deno.test(`the commands of ${document} run in their order, and print what it shows`, async () => {
    await startWithinOneDay();
    await using shell = await DocumentShell.open(env);
    for (const path of after) {
      await follow(shell, await blocksOf(path));
      // Meta's timestamps are whole seconds. A price that was set begins before the next message, as for a reader.
      await sleep(1_000);
    }
    if (given !== undefined) {
      await shell.take({ document, line: 0, language: "sh", code: given, lead: "", file: undefined });
    }
    await follow(shell, await blocksOf(document));
    await shell.finish();
  });
}

async function follow(shell: DocumentShell, blocks: readonly Block[]): Promise<void> {
  const run = blocks.filter((block) => notRun(block) === undefined);
  // No command runs that the sessions do not know: it might change the machine.
  for (const block of run) assert.equal(faultOf(block), undefined, placeOf(block));
  for (const [index, block] of run.entries()) await shell.take(block, run[index + 1]);
}
