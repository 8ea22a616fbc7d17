import { MemoryLeases } from "../support/cluster/memory_leases.ts";
import { testLeaseStore } from "./lease_store_contract.ts";

testLeaseStore("memory", () => {
  const store = new MemoryLeases(() => 0);
  const open = () => Object.assign(store, { [Symbol.asyncDispose]: () => Promise.resolve() });
  const expire = (node: string) => Promise.resolve(store.expire(node));
  return Promise.resolve({ open, expire, [Symbol.asyncDispose]: () => Promise.resolve() });
});
