import { emptyCitusDatabase, testOnCitus } from "../support/citus.ts";
import { STORE_CONTRACT } from "./store_contract.ts";
import { openPostgresStore } from "./test_store.ts";

for (const [name, check] of Object.entries(STORE_CONTRACT)) {
  testOnCitus(`on Citus: ${name}`, async () => {
    await using subject = await openPostgresStore(emptyCitusDatabase());
    await check(subject);
  });
}
