/** The contract of every store, checked on Postgres and on the memory store. */

import { CHANGE_CONTRACT } from "./store_contract_changes.ts";
import { COMPANY_CONTRACT } from "./store_contract_companies.ts";
import { COMPANY_LIST_CONTRACT } from "./store_contract_company_list.ts";
import { CONTACT_CONTRACT } from "./store_contract_contacts.ts";
import { COST_CONTRACT } from "./store_contract_costs.ts";
import { DIRECTORY_CONTRACT } from "./store_contract_directory.ts";
import { META_PRICING_CONTRACT } from "./store_contract_meta_pricing.ts";
import type { ContractCheck } from "./store_under_test.ts";

/** Checks of the whole contract, by test name. */
export const STORE_CONTRACT: Readonly<Record<string, ContractCheck>> = {
  ...COMPANY_CONTRACT,
  ...COMPANY_LIST_CONTRACT,
  ...CHANGE_CONTRACT,
  ...CONTACT_CONTRACT,
  ...COST_CONTRACT,
  ...DIRECTORY_CONTRACT,
  ...META_PRICING_CONTRACT,
};
