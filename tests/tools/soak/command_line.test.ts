import { assertCommandLine } from "../command_line.ts";

Deno.test("`deno task soak` prints its usage on --help, and rejects an unknown option", async () => {
  await assertCommandLine("tools/soak/main.ts", "soak");
});
