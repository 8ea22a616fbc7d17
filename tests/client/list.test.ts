import assert from "node:assert/strict";
import { ApiError } from "../../client/mod.ts";
import { ServedService } from "./served_service.ts";
import { ANA, BETO } from "../support/fixtures.ts";
import { businessNumber, customerWrote } from "../support/payloads.ts";

const LEDGER = "/v1/companies/{company}/ledger";
const CONTACTS = [ANA, BETO, "5511987650003", "5511987650004", "5511987650005"];

Deno.test("a list yields the rows of all its pages, each once and in order", async () => {
  await using served = new ServedService();
  await served.service.createCompany();
  for (const contact of CONTACTS) await served.sendTo(contact);
  const rows = await Array.fromAsync(
    served.credits.list(LEDGER, { path: { company: "acme" }, query: { type: "consumption", limit: 2 } }),
  );
  assert.deepEqual(rows.map(({ credits }) => credits), [-1, -1, -1, -1, -1]);
  const seqs = rows.map(({ seq }) => seq);
  assert.deepEqual(seqs, seqs.toSorted((a, b) => b - a));
  assert.equal(new Set(seqs).size, 5);
  assert.equal(served.requests.length, 3);
});

Deno.test("a list reads no page whose rows are not taken", async () => {
  await using served = new ServedService();
  await served.service.createCompany();
  for (const contact of CONTACTS) await served.sendTo(contact);
  const windows = served.credits.list("/v1/companies/{company}/windows", {
    path: { company: "acme" },
    query: { limit: 2 },
  });
  for await (const { direction } of windows) {
    assert.equal(direction, "outbound");
    break;
  }
  assert.equal(served.requests.length, 1);
});

Deno.test("companies and the quarantine are lists without a company", async () => {
  await using served = new ServedService();
  for (const company of ["acme", "bolt", "corp"]) {
    await served.service.createCompany(company, { phone_number_ids: [] });
  }
  await served.service.deliver(customerWrote(businessNumber(7), { phone: ANA }, { id: "wamid.1", at_s: 1 }));
  const companies = await Array.fromAsync(served.credits.list("/v1/companies", { query: { limit: 1 } }));
  assert.deepEqual(companies.map(({ company }) => company), ["acme", "bolt", "corp"]);
  const [event, ...others] = await Array.fromAsync(served.credits.list("/v1/quarantine", {}));
  assert.deepEqual([event?.reason, others], ["unknown_phone_number", []]);
});

Deno.test("a list that the service refuses throws the problem", async () => {
  await using served = new ServedService();
  const rows = served.credits.list(LEDGER, { path: { company: "nowhere" } });
  const error = await rows.next().catch((error) => error);
  assert.ok(error instanceof ApiError);
  assert.deepEqual([error.status, error.code], [404, "company_not_found"]);
  assert.equal(error.message, error.problem?.detail);
});
