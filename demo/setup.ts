import { BAKERY } from "./company.ts";
import type { Api } from "./post.ts";

const PATH = `/v1/companies/${BAKERY.company}`;

/** Makes the example company, once: what somebody has changed of it since stays changed. */
export async function setUp(api: Api): Promise<void> {
  if (await api.get(`${PATH}/contract`) !== undefined) return;
  for (const [code, feature] of Object.entries(BAKERY.features)) {
    await api.put(`/v1/features/${code}`, feature);
  }
  await api.put(PATH, BAKERY.profile);
  await api.put(`${PATH}/contract`, BAKERY.contract);
}

/** Takes the larger package, having learned in its first month what it uses. */
export async function upgrade(api: Api): Promise<void> {
  await api.put(`${PATH}/contract`, BAKERY.upgrade);
}
