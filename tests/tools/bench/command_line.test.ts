import { assertCommandLine } from "../command_line.ts";

Deno.test("`deno task bench` prints its usage on --help, and rejects an unknown option", async () => {
  await assertCommandLine("tools/bench/main.ts", "bench");
});

Deno.test("`deno task load:month-end` prints its usage on --help, and rejects an unknown option", async () => {
  await assertCommandLine("tools/bench/month_end.ts", "load:month-end");
});
