import { assertCommandLine } from "../command_line.ts";

for (const tool of ["types", "pack"]) {
  Deno.test(`\`deno task client:${tool}\` prints its usage on --help, and rejects an unknown option`, async () => {
    await assertCommandLine(`tools/client/${tool}.ts`, `client:${tool}`);
  });
}
