import { assertCommandLine } from "../command_line.ts";

Deno.test("`deno task zones` prints its usage on --help, and rejects an unknown option", async () => {
  await assertCommandLine("tools/zones/main.ts", "zones");
});
