import { MemoryStore } from "../../src/store/memory/store.ts";
import { PROMISES } from "./contract.ts";
import { keptInMemory } from "./kept.ts";

for (const [promise, check] of Object.entries(PROMISES)) {
  Deno.test(`in memory: ${promise}`, async () => {
    const store = new MemoryStore();
    // deno-lint-ignore require-await
    await check({ writer: store, store, kept: async (company) => keptInMemory(store.stored(company)!) });
  });
}
