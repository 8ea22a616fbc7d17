import { STORE_CONTRACT } from "./store_contract.ts";
import { openPostgresStore } from "./test_store.ts";

for (const [name, check] of Object.entries(STORE_CONTRACT)) {
  Deno.test(`on Postgres: ${name}`, async () => {
    await using subject = await openPostgresStore();
    await check(subject);
  });
}
