import { NamedPhoneNumbers } from "../http/named_phone_numbers.ts";
import { MemoryMetaPricing } from "../support/memory_store/meta_pricing.ts";
import { MemoryQuarantine } from "../support/memory_store/quarantine.ts";
import { MemoryRateCard } from "../support/memory_store/rate_card.ts";
import { MemoryStore } from "../support/memory_store/store.ts";
import { STORE_CONTRACT } from "./store_contract.ts";
import { rowsInMemory } from "./stored_rows.ts";

for (const [name, check] of Object.entries(STORE_CONTRACT)) {
  Deno.test(`in memory: ${name}`, async () => {
    const store = new MemoryStore();
    await check({
      writer: store,
      store,
      phone_numbers: new NamedPhoneNumbers(store),
      rates: new MemoryRateCard(store),
      meta_pricing: new MemoryMetaPricing(),
      label_sets: store.label_sets,
      quarantine: new MemoryQuarantine(store),
      // deno-lint-ignore require-await
      storedRows: async (company) => rowsInMemory(store.stored(company)!),
    });
  });
}
