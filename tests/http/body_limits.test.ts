import assert from "node:assert/strict";
import { readProblem, TestService } from "./test_service.ts";

const QUOTES = "/v1/companies/acme/quotes";
const USAGE = "/v1/companies/acme/usage";

async function withCompany(test: (service: TestService) => Promise<void>): Promise<void> {
  await using service = new TestService();
  await service.createCompany("acme");
  await test(service);
}

async function problemOf(service: TestService, path: string, body: unknown) {
  const response = await service.request("POST", path, body);
  const { code, errors } = await readProblem(response);
  return { status: response.status, code, errors };
}

/** Lists in lists, to a depth. */
function nested(depth: number): unknown {
  return depth === 0 ? 1 : [nested(depth - 1)];
}

Deno.test("a body with more names and values than its call reads is 413, before it is validated", async () => {
  await withCompany(async (service) => {
    const labels = Object.fromEntries(Array.from({ length: 40_000 }, (_, number) => [`n${number}`, 1]));
    const usage = { id: "u", feature: "automation.run", quantity: 1, attributes: labels };
    for (
      const [path, body] of [
        [USAGE, usage],
        [QUOTES, { recipients: Array.from({ length: 10_200 }, () => 1) }],
        [`${USAGE.replace("usage", "messages")}`, {
          ...usage,
          attributes: Array.from({ length: 3_000 }, () => 1),
        }],
      ] as const
    ) {
      const { status, code } = await problemOf(service, path, body);
      assert.deepEqual([status, code], [413, "body_too_complex"], path);
    }
  });
});

Deno.test("a body nested deeper than eight levels is 413", async () => {
  await withCompany(async (service) => {
    assert.equal((await problemOf(service, QUOTES, { recipients: nested(8) })).code, "body_too_complex");
    assert.equal((await problemOf(service, QUOTES, { recipients: nested(7) })).code, "invalid_request");
  });
});

Deno.test("a body larger than its call reads is 413, also when smaller than 4 MB", async () => {
  await withCompany(async (service) => {
    const name = "x".repeat(64 * 1024);
    const response = await service.request("PUT", "/v1/companies/acme", { name, time_zone: "UTC" });
    assert.equal(response.status, 413);
    assert.equal((await readProblem(response)).code, "body_too_large");
    assert.equal(
      (await problemOf(service, QUOTES, { recipients: ["x".repeat(1_100_000)] })).code,
      "body_too_large",
    );
  });
});

Deno.test("errors in a long list name the index of the item in the whole list", async () => {
  await withCompany(async (service) => {
    const recipients = Array.from({ length: 200 }, (_, number) => `55119${80_000_000 + number}`);
    recipients[170] = "5";
    const { errors } = await problemOf(service, QUOTES, { recipients });
    assert.deepEqual(errors?.map(({ path }) => path), ["recipients[170]"]);
    assert.match(errors![0]!.message, /^recipients\[170\] /);
    const usages = Array.from({ length: 120 }, (_, number) => {
      return { id: `u${number}`, feature: "automation.run", quantity: number === 119 ? 0 : 1 };
    });
    const of_usages = await problemOf(service, USAGE, usages);
    assert.deepEqual(of_usages.errors?.map(({ path }) => path), ["[119].quantity"]);
  });
});

Deno.test("a long list is answered as a whole, also when it is validated in steps", async () => {
  await withCompany(async (service) => {
    const recipients = Array.from({ length: 10_000 }, (_, number) => `55119${80_000_000 + number}`);
    const response = await service.request("POST", QUOTES, { recipients, category: "marketing" });
    const { windows, recipients: quoted } = await response.json();
    assert.deepEqual([response.status, quoted, windows], [200, 10_000, 10_000]);
  });
});
