import { BAKERY } from "./company.ts";
import type { Api } from "./api.ts";
import { NEIGHBOURS } from "./neighbours.ts";

const PATH = `/v1/companies/${BAKERY.company}`;

/** Creates the example company if it does not exist. */
export async function createBakery(api: Api): Promise<void> {
  if (await api.get(`${PATH}/contract`) !== undefined) return;
  for (const [code, feature] of Object.entries(BAKERY.features)) {
    await api.put(`/v1/features/${code}`, feature);
  }
  await api.put(PATH, BAKERY.profile);
  await api.put(`${PATH}/contract`, BAKERY.contract);
}

/** Creates the bakery's neighbours that do not exist. */
export async function createNeighbours(api: Api): Promise<void> {
  for (const { company, profile, contract } of NEIGHBOURS) {
    const path = `/v1/companies/${company}`;
    if (await api.get(`${path}/contract`) !== undefined) continue;
    await api.put(path, profile);
    await api.put(`${path}/contract`, contract);
  }
}

/** The fields of a contract that the demo reads. */
interface DemoContract {
  readonly package: { readonly credits: number } | null;
  readonly versions: readonly unknown[];
}

/** Upgrades the first contract to the larger package. A contract that was changed before stays as it is. */
export async function upgradeContract(api: Api): Promise<void> {
  const contract = await api.get<DemoContract>(`${PATH}/contract`);
  const is_first = contract?.package?.credits === BAKERY.contract.package.credits;
  if (!is_first || contract.versions.length > 1) return;
  await api.put(`${PATH}/contract`, BAKERY.upgrade);
}
