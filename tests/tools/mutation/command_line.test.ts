import { assertCommandLine } from "../command_line.ts";

Deno.test("`deno task mutate` prints its usage on --help, and rejects an unknown option", async () => {
  await assertCommandLine("tools/mutation/main.ts", "mutate");
});
