import { PROMISES } from "./contract.ts";
import { DIRECTORY_PROMISES } from "./contract_directory.ts";
import { openPostgres } from "./postgres_store.ts";

for (const [promise, check] of Object.entries({ ...PROMISES, ...DIRECTORY_PROMISES })) {
  Deno.test(`on Postgres: ${promise}`, async () => {
    await using subject = await openPostgres();
    await check(subject);
  });
}
