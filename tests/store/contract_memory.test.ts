import { MemoryPhoneNumbers } from "../../src/store/memory/phone_numbers.ts";
import { MemoryQuarantine } from "../../src/store/memory/quarantine.ts";
import { MemoryRates } from "../../src/store/memory/rates.ts";
import { MemoryStore } from "../../src/store/memory/store.ts";
import { PROMISES } from "./contract.ts";
import { DIRECTORY_PROMISES } from "./contract_directory.ts";
import { keptInMemory } from "./kept.ts";

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
