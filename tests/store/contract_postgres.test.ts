import { PROMISES } from "./contract.ts";
import { openPostgres } from "./postgres_store.ts";

for (const [promise, check] of Object.entries(PROMISES)) {
  Deno.test(`on Postgres: ${promise}`, async () => {
    await using subject = await openPostgres();
    await check(subject);
  });
}
