import assert from "node:assert/strict";
import { readProblem, TestService } from "../test_service.ts";

const PATH = "/v1/companies/acme";

/** Starts a service with three usages: two of Ana Souza and one of Beto Lima, by two departments. */
async function startService(): Promise<TestService> {
  const service = new TestService();
  await service.createCompany("acme");
  await service.readJson("PUT", "/v1/features/automation.run", { credits: 2 });
  const usage = (id: string, customer: string, department: string) => {
    return { id, feature: "automation.run", quantity: 1, attributes: { customer, department } };
  };
  await service.readJson("POST", `${PATH}/usage`, [
    usage("u1", "Ana Souza", "sales"),
    usage("u2", "ana souza (new)", "support"),
    usage("u3", "Beto Lima", "sales"),
  ]);
  return service;
}

async function usageBy(service: TestService, label: string): Promise<unknown[]> {
  const query = `from=2026-11-01&to=2026-11-30&group_by=attribute:${label}`;
  const { data } = await service.readJson("GET", `${PATH}/usage?${query}`);
  return data.map((row: { attributes: Record<string, string>; credits: number }) => [
    row.attributes[label],
    row.credits,
  ]);
}

Deno.test("erased labels are in no answer, and neither credits nor other labels change", async () => {
  await using service = await startService();
  const before = await usageBy(service, "department");
  const erased = await service.readJson("POST", `${PATH}/label_erasures`, { text: "Ana Souza" });
  assert.deepEqual(erased, { label_sets_erased: 2 });
  assert.deepEqual(await usageBy(service, "department"), before);
  assert.deepEqual(await usageBy(service, "customer"), [["Beto Lima", 2], ["•••", 4]]);
  const { data } = await service.readJson("GET", `${PATH}/ledger?feature=automation.run`);
  for (const { seq } of data) {
    const receipt = JSON.stringify(await service.readJson("GET", `${PATH}/ledger/${seq}`));
    assert.doesNotMatch(receipt, /souza/i);
  }
  assert.deepEqual(await service.readJson("POST", `${PATH}/label_erasures`, { text: "Ana Souza" }), {
    label_sets_erased: 0,
  });
});

Deno.test("an erasure of labels by a text of less than three characters, or of an unknown company, is refused", async () => {
  await using service = await startService();
  for (const text of ["", "a", "  a  "]) {
    const problem = await service.requestProblem("POST", `${PATH}/label_erasures`, { text });
    assert.deepEqual([problem.status, problem.errors?.[0]?.path], [422, "text"], text);
  }
  const unknown = await service.requestProblem("POST", "/v1/companies/nobody/label_erasures", {
    text: "Ana",
  });
  assert.equal(unknown.code, "company_not_found");
  assert.equal((await usageBy(service, "customer")).length, 3);
});

Deno.test("one erasure of labels runs at a time for each company", async () => {
  await using service = await startService();
  await service.createCompany("bravo", { phone_number_ids: [] });
  const [started, finish] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  await using slow = new TestService({
    ...service.options,
    label_erasures: {
      erase: async (company) => {
        if (company === "acme") await (started.resolve(), finish.promise);
        return 0;
      },
    },
  });
  const body = { text: "Ana Souza" };
  const first = slow.readJson("POST", `${PATH}/label_erasures`, body);
  await started.promise;
  const rejected = await slow.request("POST", `${PATH}/label_erasures`, body);
  assert.equal(rejected.headers.get("retry-after"), "5");
  const { status, code } = await readProblem(rejected);
  assert.deepEqual([status, code], [429, "too_many_requests"]);
  await slow.readJson("POST", "/v1/companies/bravo/label_erasures", body);
  finish.resolve();
  await first;
  await slow.readJson("POST", `${PATH}/label_erasures`, body);
});
