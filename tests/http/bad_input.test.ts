import assert from "node:assert/strict";
import { TestService } from "./test_service.ts";

const ACME = "/v1/companies/acme";
const USAGE = `${ACME}/usage`;
const RUN = { id: "new", feature: "automation.run", quantity: 1 };
const OFFER = { package: { credits: 20, price: "9.00" }, excess_credit_price: "0.15" };
const BAKER = { name: "Baker", time_zone: "America/Sao_Paulo" };

/** An invalid call, with the field and the remedy that its problem must name. */
interface InvalidCall {
  readonly name: string;
  readonly call: readonly [method: string, path: string, body: unknown];
  readonly status: number;
  readonly code: string;
  readonly field: string;
  readonly remedy: RegExp;
}

const INVALID = { status: 422, code: "invalid_request" };

const INVALID_CALLS: readonly InvalidCall[] = [
  {
    name: "an unknown feature",
    call: ["POST", USAGE, [RUN, { ...RUN, id: "other", feature: "sms.sent" }]],
    status: 422,
    code: "unknown_feature",
    field: "[1].feature",
    remedy: /set one first: PUT \/v1\/features\/sms\.sent/,
  },
  {
    name: "a negative quantity",
    call: ["POST", USAGE, [RUN, { ...RUN, id: "other", quantity: -1 }]],
    ...INVALID,
    field: "[1].quantity",
    remedy: /must be at least 1/,
  },
  {
    name: "a fractional quantity",
    call: ["POST", USAGE, { ...RUN, quantity: 0.5 }],
    ...INVALID,
    field: "quantity",
    remedy: /must be a whole number/,
  },
  {
    name: "a quantity beyond exact numbers",
    call: ["POST", USAGE, { ...RUN, quantity: 1e308 }],
    ...INVALID,
    field: "quantity",
    remedy: /^quantity must be at most 1000000000000$/,
  },
  {
    name: "a nested label",
    call: ["POST", USAGE, { ...RUN, attributes: { team: { name: "sales" } } }],
    ...INVALID,
    field: "attributes.team",
    remedy: /must be a text of 1 to 200 characters, a number, true or false/,
  },
  {
    name: "a null label of a send",
    call: ["POST", `${ACME}/messages`, {
      message_id: "new",
      to: "5511987650001",
      kind: "template",
      attribution: { team: null },
    }],
    ...INVALID,
    field: "attribution.team",
    remedy: /must be a text of 1 to 200 characters, a number, true or false/,
  },
  {
    name: "a label with too long a name",
    call: ["POST", USAGE, [{ ...RUN, attributes: { ["x".repeat(41)]: "sales" } }]],
    ...INVALID,
    field: `[0].attributes.${"x".repeat(41)}`,
    remedy: /has a name that must have at most 40 characters/,
  },
  {
    name: "a time past the lateness limit",
    call: ["POST", USAGE, { ...RUN, occurred_at: "2026-10-26T11:59:59Z" }],
    ...INVALID,
    field: "occurred_at",
    remedy: /occurred_at must not be older than 8 days/,
  },
  {
    name: "a repeated query parameter",
    call: ["GET", `${ACME}/ledger?type=grant&type=consumption`, undefined],
    ...INVALID,
    field: "type",
    remedy: /type is repeated: send it once/,
  },
  {
    name: "a start date in a closed month",
    call: ["PUT", `${ACME}/contract`, { ...OFFER, starts_on: "2026-10-31" }],
    ...INVALID,
    field: "starts_on",
    remedy: /give 2026-11-01 or later/,
  },
  {
    name: "a contract without an excess credit price",
    call: ["PUT", `${ACME}/contract`, { package: OFFER.package }],
    ...INVALID,
    field: "excess_credit_price",
    remedy: /must be a price as a string, such as "0\.15"/,
  },
  {
    name: "a phone number of another company",
    call: ["PUT", "/v1/companies/baker", { ...BAKER, phone_number_ids: ["1", "106540000000001"] }],
    status: 409,
    code: "phone_number_taken",
    field: "phone_number_ids[1]",
    remedy: /remove it there first/,
  },
  {
    name: "an unknown time zone",
    call: ["PUT", "/v1/companies/baker", { ...BAKER, time_zone: "America/Nowhere" }],
    ...INVALID,
    field: "time_zone",
    remedy: /must be an IANA time zone such as America\/Sao_Paulo/,
  },
  {
    name: "a reused usage id with another body",
    call: ["POST", USAGE, [RUN, { id: "known", feature: "automation.run", quantity: 2 }]],
    status: 409,
    code: "id_reused",
    field: "[1].id",
    remedy: /give each usage its own id/,
  },
  {
    name: "a reused message id with another body",
    call: ["POST", `${ACME}/messages`, { message_id: "known", to: "5511987650002", kind: "template" }],
    status: 409,
    code: "id_reused",
    field: "message_id",
    remedy: /give each message its own id/,
  },
];

for (const { name, call, status, code, field, remedy } of INVALID_CALLS) {
  Deno.test(`${name} is refused with its field and the remedy, and changes nothing`, async () => {
    await using service = new TestService();
    await service.createCompany();
    await service.readJson("PUT", "/v1/features/automation.run", { credits: 2 });
    await service.readJson("PUT", `${ACME}/contract`, { ...OFFER, package: { credits: 10, price: "5.00" } });
    await service.readJson("POST", USAGE, { ...RUN, id: "known" });
    await service.readJson("POST", `${ACME}/messages`, {
      message_id: "known",
      to: "5511987650001",
      kind: "template",
    });
    const before = await snapshotOf(service);
    const problem = await service.requestProblem(...call);
    assert.deepEqual([problem.status, problem.code], [status, code]);
    assert.deepEqual(problem.errors?.map(({ path }) => path), [field]);
    assert.match(problem.detail, remedy);
    assert.match(problem.errors![0]!.message, remedy);
    assert.deepEqual(await snapshotOf(service), before);
  });
}

async function snapshotOf(service: TestService): Promise<unknown> {
  const paths = ["", "/balance", "/contract", "/ledger", "/usage", "/windows", "/statements"];
  return await Promise.all([
    service.readJson("GET", "/v1/companies"),
    service.readJson("GET", "/v1/features"),
    ...paths.map((path) => service.readJson("GET", `${ACME}${path}`)),
  ]);
}
