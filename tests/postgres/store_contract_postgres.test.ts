import { PROMISES } from "./store_contract.ts";
import { DIRECTORY_PROMISES } from "./store_contract_directory.ts";
import { openPostgres } from "./test_store.ts";

for (const [promise, check] of Object.entries({ ...PROMISES, ...DIRECTORY_PROMISES })) {
  Deno.test(`on Postgres: ${promise}`, async () => {
    await using subject = await openPostgres();
    await check(subject);
  });
}
