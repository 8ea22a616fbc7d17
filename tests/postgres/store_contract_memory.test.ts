import { MemoryPhoneNumbers } from "../support/memory_store/phone_numbers.ts";
import { MemoryQuarantine } from "../support/memory_store/quarantine.ts";
import { MemoryRateCard } from "../support/memory_store/rates.ts";
import { MemoryStore } from "../support/memory_store/store.ts";
import { STORE_CONTRACT } from "./store_contract.ts";
import { DIRECTORY_CONTRACT } from "./store_contract_directory.ts";
import { rowsInMemory } from "./stored_rows.ts";

for (const [promise, check] of Object.entries({ ...STORE_CONTRACT, ...DIRECTORY_CONTRACT })) {
  Deno.test(`in memory: ${promise}`, async () => {
    const store = new MemoryStore();
    await check({
      writer: store,
      store,
      phone_numbers: new MemoryPhoneNumbers(store),
      rates: new MemoryRateCard(store),
      quarantine: new MemoryQuarantine(store),
      // deno-lint-ignore require-await
      storedRows: async (company) => rowsInMemory(store.stored(company)!),
    });
  });
}
