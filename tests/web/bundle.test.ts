import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

Deno.test("the served script is the output of the bundle task", async () => {
  const root = fileURLToPath(new URL("../../", import.meta.url));
  const { tasks } = JSON.parse(await Deno.readTextFile(`${root}/deno.json`));
  const output = await Deno.makeTempFile({ suffix: ".js" });
  try {
    const args = String(tasks.bundle.command).split(" ").slice(1);
    args[args.indexOf("--output") + 1] = output;
    const { success, stderr } = await new Deno.Command(Deno.execPath(), { args, cwd: root }).output();
    assert.ok(success, new TextDecoder().decode(stderr));
    const served = await Deno.readTextFile(`${root}/src/web/dist/live.js`);
    assert.ok(served === await Deno.readTextFile(output), "run `deno task bundle`, and commit the result");
  } finally {
    await Deno.remove(output);
  }
});
