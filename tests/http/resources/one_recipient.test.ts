import assert from "node:assert/strict";
import { businessNumber, type Change, customerWrote, onStandby, statusesOf } from "../../support/payloads.ts";
import type { CompanyId } from "../../../src/domain/types.ts";
import { TestService } from "../test_service.ts";

const ACME = "/v1/companies/acme";
const LINE = businessNumber(1);
const PHONE = "5511977770001";
const DAY_S = 86_400;
const BSUID = "BR.1001000000000001";

async function acme(): Promise<TestService> {
  const service = new TestService();
  await service.createCompany("acme", { phone_number_ids: [LINE.phone_number_id] });
  return service;
}

function status(
  service: TestService,
  name: "sent" | "delivered" | "failed",
  to: Record<string, string>,
): Change {
  const at_s = service.now_ms / 1000;
  return statusesOf(LINE, to, { id: "wamid.A1", at_s, status: name, category: "utility" });
}

async function consumed(service: TestService): Promise<[credits: number, windows: number]> {
  const { consumed, open_windows } = await service.readJson("GET", `${ACME}/balance`);
  return [consumed, open_windows.outbound];
}

Deno.test("C1: a recorded send and a status that gives the BSUID alone are charged once", async () => {
  await using service = await acme();
  const send = { message_id: "wamid.A1", to: PHONE, kind: "template", category: "utility" };
  assert.equal((await service.readJson("POST", `${ACME}/messages`, send)).credits, 1);
  await service.deliver(status(service, "sent", { bsuid: BSUID }));
  assert.deepEqual(await consumed(service), [1, 1]);
  const [of_phone, of_bsuid] = await Promise.all(
    [PHONE, BSUID].map((contact) => service.readJson("GET", `${ACME}/contacts/${contact}/window`)),
  );
  assert.deepEqual(of_phone.windows, of_bsuid.windows);
  assert.equal(of_bsuid.windows.length, 1);
});

Deno.test("statuses of one message that give a phone and a BSUID are charged once", async () => {
  await using service = await acme();
  await service.deliver(status(service, "sent", { phone: PHONE }));
  await service.deliver(status(service, "delivered", { bsuid: BSUID }));
  assert.deepEqual(await consumed(service), [1, 1]);
});

Deno.test("C3: a failure that gives the BSUID alone takes the charge of the phone back", async () => {
  await using service = await acme();
  await service.deliver(status(service, "sent", { phone: PHONE }));
  await service.deliver(status(service, "failed", { bsuid: BSUID }));
  assert.deepEqual(await consumed(service), [0, 0]);
});

Deno.test("a message under two phones is charged once, and the conflict is shown to the operator", async () => {
  await using service = await acme();
  await service.readJson("POST", `${ACME}/messages`, { message_id: "wamid.A1", to: PHONE, kind: "template" });
  await service.deliver(status(service, "sent", { phone: "5511977770002" }));
  assert.deepEqual(await consumed(service), [1, 1]);
  const { data } = await service.readJson("GET", "/v1/quarantine?reason=identity_conflict");
  assert.equal(data.length, 1);
  assert.doesNotMatch(JSON.stringify(data), /97777/);
});

Deno.test("two phones and a BSUID on one message are charged once, and the conflict is shown", async () => {
  const bsuid_sent = (service: TestService) => service.deliver(status(service, "sent", { bsuid: BSUID }));
  const other_read = (service: TestService) =>
    service.deliver(status(service, "delivered", { phone: "5511977770002" }));
  for (const statuses of [[bsuid_sent, other_read], [other_read, bsuid_sent]]) {
    await using service = await acme();
    const send = { message_id: "wamid.A1", to: PHONE, kind: "template", category: "utility" };
    await service.readJson("POST", `${ACME}/messages`, send);
    for (const deliver of statuses) await deliver(service);
    assert.deepEqual(await consumed(service), [1, 1]);
    assert.equal((await service.readJson("GET", "/v1/quarantine?reason=identity_conflict")).data.length, 1);
  }
});

Deno.test("a customer's message whose deliveries name another sender opens one window, on either field", async () => {
  const full = { phone: PHONE, bsuid: BSUID };
  for (const other of [{ parent_bsuid: "BR.ENT.9" }, { bsuid: "BR.2002" }, { phone: "5511977770002" }]) {
    for (const onField of [onStandby, (change: Change) => change]) {
      for (const [first, second] of [[full, other], [other, full]] as const) {
        await using service = await acme();
        const message = { id: "wamid.in", at_s: service.now_ms / 1000 };
        await service.deliver(customerWrote(LINE, first, message));
        await service.deliver(onField(customerWrote(LINE, second, message)));
        const { consumed, open_windows } = await service.readJson("GET", `${ACME}/balance`);
        assert.deepEqual([consumed, open_windows.inbound], [1, 1], JSON.stringify([first, second]));
        const { data } = await service.readJson("GET", "/v1/quarantine?reason=identity_conflict");
        assert.equal(data.length, "phone" in other ? 1 : 0);
      }
    }
  }
});

Deno.test("C16: a priced read of an older contact's message is charged, because its sent status is known", async () => {
  for (const category of ["marketing", "business_initiated"]) {
    for (const order of ["sent first", "read first"]) {
      await using service = await acme();
      const at_s = service.now_ms / 1000;
      const unpriced = { id: "wamid.A1", at_s, status: "sent" } as const;
      const priced = { id: "wamid.A1", at_s, status: "read", category } as const;
      const [first, second] = order === "sent first" ? [unpriced, priced] : [priced, unpriced];
      await service.deliver(customerWrote(LINE, { phone: PHONE }, { id: "wamid.in", at_s: at_s - DAY_S }));
      service.store.facts_retained_from_ms = service.now_ms + 1;
      // The next owner knows the contact from the store alone.
      await service.store.raiseEpoch("acme" as CompanyId);
      await assert.rejects(service.deliver(statusesOf(LINE, { phone: PHONE }, first)), /answered 503/);
      await service.deliver(statusesOf(LINE, { phone: PHONE }, first));
      await service.deliver(statusesOf(LINE, { phone: PHONE }, second));
      assert.deepEqual(await consumed(service), [2, 1], `${category}, ${order}`);
    }
  }
});
