import { BAKERY } from "./company.ts";
import type { Api } from "./post.ts";

/** Makes the example company, once: what somebody has changed of it since stays changed. */
export async function setUp(api: Api): Promise<void> {
  const path = `/v1/companies/${BAKERY.company}`;
  if (await api.get(`${path}/contract`) !== undefined) return;
  for (const [code, feature] of Object.entries(BAKERY.features)) {
    await api.put(`/v1/features/${code}`, feature);
  }
  await api.put(path, BAKERY.profile);
  await api.put(`${path}/contract`, BAKERY.contract);
}
