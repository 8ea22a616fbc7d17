import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { readSource, ROOT } from "../support/source_files.ts";
import { blocksOf, documents, placeOf } from "./blocks.ts";

Deno.test("every option of a tool that a document names is in the tool's help", async () => {
  const blocks = (await Promise.all((await documents()).map(blocksOf))).flat();
  const named: { place: string; task: string; option: string }[] = [];
  for (const block of blocks) {
    for (const [, task, options] of block.code.matchAll(/deno(?:@\S+)? task (\S+)((?: +--.*)?)$/gm)) {
      for (const [option] of options!.matchAll(/--[a-z-]+/g)) {
        if (option !== "--help") named.push({ place: placeOf(block), task: task!, option });
      }
    }
  }
  assert.ok(named.length > 8, `only ${named.length} were read`);
  const help = new Map<string, string>();
  for (const task of new Set(named.map(({ task }) => task))) help.set(task, await helpOf(task));
  assert.deepEqual(named.filter(({ task, option }) => !help.get(task)!.includes(option)), []);
});

async function helpOf(task: string): Promise<string> {
  const { tasks } = JSON.parse(await readSource("deno.json"));
  const main = tasks[task].command.match(/\S+\.ts/)[0];
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", main, "--help"],
    cwd: fileURLToPath(ROOT),
  }).output();
  assert.equal(code, 0);
  return new TextDecoder().decode(stdout);
}
