import { assertCommandLine } from "../command_line.ts";

Deno.test("`deno task chaos` prints its usage on --help, and rejects an unknown option", async () => {
  await assertCommandLine("tools/chaos/main.ts", "chaos");
});
