import { MemoryPhoneNumbers } from "../support/memory_store/phone_numbers.ts";
import { MemoryQuarantine } from "../support/memory_store/quarantine.ts";
import { MemoryRates } from "../support/memory_store/rates.ts";
import { MemoryStore } from "../support/memory_store/store.ts";
import { PROMISES } from "./store_contract.ts";
import { DIRECTORY_PROMISES } from "./store_contract_directory.ts";
import { keptInMemory } from "./stored_rows.ts";

for (const [promise, check] of Object.entries({ ...PROMISES, ...DIRECTORY_PROMISES })) {
  Deno.test(`in memory: ${promise}`, async () => {
    const store = new MemoryStore();
    await check({
      writer: store,
      store,
      phone_numbers: new MemoryPhoneNumbers(store),
      rates: new MemoryRates(store),
      quarantine: new MemoryQuarantine(store),
      // deno-lint-ignore require-await
      kept: async (company) => keptInMemory(store.stored(company)!),
    });
  });
}
