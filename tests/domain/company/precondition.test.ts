import assert from "node:assert/strict";
import { contractRevision, settingsRevision, unmet } from "../../../src/domain/company/precondition.ts";
import type { Command, Reply } from "../../../src/domain/company/command.ts";
import { refusalOf, TestCompany } from "../../support/company.ts";
import { ANA, offerOf, wroteEvent } from "../../support/fixtures.ts";

const AT = { at: "2026-11-10 09:00" };

function revisionsOf(company: TestCompany) {
  const view = company.view();
  return { settings: settingsRevision(view), contract: contractRevision(view) };
}

Deno.test("the revision of the settings changes with each change of them, and stays after a restart", () => {
  const company = new TestCompany(AT);
  const seen = [revisionsOf(company).settings];
  const changes = [
    { name: "Other" },
    { locale: "en" },
    { phone_number_ids: ["2", "1"] },
    { template_in_open_window: "free" },
    { time_zone: "America/Manaus" },
  ] as const;
  for (const change of changes) {
    company.configure(change);
    seen.push(revisionsOf(company).settings);
  }
  assert.equal(new Set(seen).size, changes.length + 1);
  company.restart();
  assert.equal(revisionsOf(company).settings, seen.at(-1));
});

Deno.test("usage, a contract and a price leave the revision of the settings as it is", () => {
  const company = new TestCompany({ ...AT, prices: { "automation.run": 2 } });
  const { settings } = revisionsOf(company);
  company.changeContract({ package: 10 });
  company.record(wroteEvent(ANA, company.now_ms, "m1"));
  company.reportUsage("automation.run", 1, "a");
  company.setRate("automation.run", 3);
  company.advanceTo("2026-11-12 09:00");
  assert.equal(revisionsOf(company).settings, settings);
});

Deno.test("the revision of the settings changes when scheduled settings take effect", () => {
  const company = new TestCompany(AT);
  company.configure({ template_in_open_window: "free" });
  const { settings } = revisionsOf(company);
  company.advanceTo("2026-11-11 09:00");
  assert.notEqual(revisionsOf(company).settings, settings);
});

Deno.test("the revision of a contract changes with each change of it, and not with usage", () => {
  const company = new TestCompany({ ...AT, prices: { "automation.run": 2 } });
  assert.equal(revisionsOf(company).contract, undefined);
  const seen = [];
  for (const credits of [100, 50, 100, 200]) {
    company.changeContract({ package: credits });
    seen.push(revisionsOf(company).contract);
    company.reportUsage("automation.run", 1, `run ${seen.length}`);
    assert.equal(revisionsOf(company).contract, seen.at(-1));
  }
  assert.equal(new Set(seen).size, 4);
  company.restart();
  assert.equal(revisionsOf(company).contract, seen.at(-1));
});

Deno.test("of two changes of one revision the second is refused and stores nothing", () => {
  const company = new TestCompany(AT);
  company.changeContract({ package: 100 });
  const contract = { if_match: [contractRevision(company.view())!] };
  const settings = { if_match: [settingsRevision(company.view())] };
  const offer = (credits: number) => offerOf({ package: credits });
  const profile = (name: string) => ({ name, time_zone: "America/Sao_Paulo", effective_from: undefined });
  const rounds: readonly (readonly [Command, Command])[] = [
    [
      { type: "change_contract", offer: offer(200), by: "a", precondition: contract },
      { type: "change_contract", offer: offer(300), by: "b", precondition: contract },
    ],
    [
      { type: "configure", profile: profile("A"), by: "a", precondition: settings },
      { type: "configure", profile: profile("B"), by: "b", precondition: settings },
    ],
  ];
  for (const [first, second] of rounds) {
    assert.equal(company.execute(first).type, "company");
    const before = company.view();
    const reply = company.execute(second);
    assert.deepEqual(refusalOf(reply), { code: "precondition_failed", path: "" });
    assert.deepEqual(company.last_events, []);
    assert.deepEqual(company.view(), before);
  }
  for (const type of ["cancel_contract", "withdraw_cancellation"] as const) {
    assert.equal(
      refusalOf(company.execute({ type, by: "b", precondition: contract }))?.code,
      "precondition_failed",
    );
  }
  const validated = company.execute({
    type: "validate_profile",
    profile: profile("B"),
    precondition: settings,
  });
  assert.equal(refusalOf(validated)?.code, "precondition_failed");
});

Deno.test("* in If-Match needs any revision, and in If-None-Match none", () => {
  const code = (condition: Parameters<typeof unmet>[1], revision: string | undefined) =>
    unmet("contract", condition, revision)?.code;
  assert.equal(code({ if_match: "*" }, "1"), undefined);
  assert.equal(code({ if_match: "*" }, undefined), "precondition_failed");
  assert.equal(code({ if_none_match: "*" }, undefined), undefined);
  assert.equal(code({ if_none_match: "*" }, "1"), "precondition_failed");
  assert.equal(code({ if_match: ["0", "1"], if_none_match: ["2"] }, "1"), undefined);
  assert.equal(code({ if_match: [] }, "1"), "precondition_failed");
  assert.equal(code({ if_match: ["undefined"] }, undefined), "precondition_failed");
  assert.equal(code({}, undefined), undefined);
});

Deno.test("a reply names the contract versions that the command applied, scheduled and withdrew", () => {
  const company = new TestCompany(AT);
  assert.deepEqual(contractChanges(company.changeContract({ package: 100 })), {
    applied: [1],
    scheduled: [],
    withdrawn: [],
  });
  assert.deepEqual(contractChanges(company.changeContract({ package: 50 })), {
    applied: [],
    scheduled: [2],
    withdrawn: [],
  });
  assert.deepEqual(contractChanges(company.changeContract({ package: 50 })), {
    applied: [],
    scheduled: [],
    withdrawn: [],
  });
  assert.deepEqual(contractChanges(company.changeContract({ package: 100 })), {
    applied: [],
    scheduled: [],
    withdrawn: [2],
  });
  assert.deepEqual(contractChanges(company.changeContract({ package: 200 })), {
    applied: [4],
    scheduled: [],
    withdrawn: [],
  });
});

Deno.test("a reply names the settings that the command scheduled and took back", () => {
  const company = new TestCompany(AT);
  const later = company.configure({ template_in_open_window: "free", effective_from: "2026-12-01" });
  assert.deepEqual(settingsChanges(later), { scheduled: ["2026-12-01 free"], withdrawn: [] });
  const sooner = company.configure({ template_in_open_window: "charge", effective_from: "2026-11-20" });
  assert.deepEqual(settingsChanges(sooner), {
    scheduled: ["2026-11-20 charge"],
    withdrawn: ["2026-12-01 free"],
  });
  assert.deepEqual(settingsChanges(company.configure({ name: "Other" })), { scheduled: [], withdrawn: [] });
});

function contractChanges(reply: Reply) {
  if (reply.type !== "company") throw new Error(`unexpected ${reply.type}`);
  const { applied, scheduled, withdrawn } = reply.contract_changes!;
  const numbers = (versions: readonly { readonly version: number }[]) =>
    versions.map(({ version }) => version);
  return { applied: numbers(applied), scheduled: numbers(scheduled), withdrawn: numbers(withdrawn) };
}

function settingsChanges(reply: Reply) {
  if (reply.type !== "company") throw new Error(`unexpected ${reply.type}`);
  const { applied, scheduled, withdrawn } = reply.settings_changes!;
  assert.deepEqual(applied, []);
  const texts = (versions: typeof scheduled) =>
    versions.map(({ effective_from, template_in_open_window: policy }) => `${effective_from} ${policy}`);
  return { scheduled: texts(scheduled), withdrawn: texts(withdrawn) };
}
