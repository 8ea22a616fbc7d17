import { STORE_CONTRACT } from "./store_contract.ts";
import { DIRECTORY_CONTRACT } from "./store_contract_directory.ts";
import { openPostgresStore } from "./test_store.ts";

for (const [promise, check] of Object.entries({ ...STORE_CONTRACT, ...DIRECTORY_CONTRACT })) {
  Deno.test(`on Postgres: ${promise}`, async () => {
    await using subject = await openPostgresStore();
    await check(subject);
  });
}
