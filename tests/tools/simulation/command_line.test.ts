import { assertCommandLine } from "../command_line.ts";

Deno.test("`deno task simulate` prints its usage on --help, and rejects an unknown option", async () => {
  await assertCommandLine("tools/simulation/main.ts", "simulate");
});
