/** The worked examples of `src/domain/README.md` of what Meta charges. */

import assert from "node:assert/strict";
import { countedCosts, TestCompany } from "../support/company.ts";
import {
  businessNumber,
  type Customer,
  statusesOf,
  type StatusSpec,
  webhookOf,
} from "../support/payloads.ts";
import { VANCOUVER_CHANGES_CLOCKS, VANCOUVER_STAYS } from "../support/zone_data.ts";
import { readWebhook } from "../../src/whatsapp/webhook.ts";

const LINE = businessNumber(1);
const ANA: Customer = { phone: "5511987650001" };

Deno.test("E47: a delivered message counts once, by the dearest price that its statuses give", () => {
  const priced = (category: string, type: string | undefined, billable: boolean) => ({
    pricing: { category, type, billable, pricing_model: type === undefined ? "CBP" : "PMP" },
  });
  const status = (name: string, time: string, content = {}) => ({ name, time, content });
  const sent = status("sent", "10:00", priced("utility", "regular", true));
  const delivered = (content = {}) => status("delivered", "10:01", content);
  const table: [reported: ReturnType<typeof status>[], counted: string[]][] = [
    [[sent], []],
    [[sent, delivered()], ["utility regular billable"]],
    [[sent, delivered(), status("read", "10:05")], ["utility regular billable"]],
    [[sent, delivered(), status("failed", "10:02")], ["utility regular billable"]],
    [[sent, status("failed", "10:01")], []],
    [[delivered()], ["unknown unknown"]],
    [[delivered(priced("service", "free_customer_service", false))], ["service free_customer_service"]],
    [[delivered(priced("service", "regular", true))], ["service regular billable"]],
    [[delivered(priced("referral_conversion", "free_entry_point", false))], ["unknown free_entry_point"]],
    [
      [delivered(priced("authentication-international", "regular", true))],
      ["authentication_international regular billable"],
    ],
    [[delivered(priced("marketing_lite", "regular", true))], ["marketing regular billable"]],
    [
      [
        status("sent", "10:00", priced("utility", "free_customer_service", false)),
        delivered(priced("marketing", "regular", true)),
      ],
      ["marketing regular billable"],
    ],
    [
      [status("sent", "10:00", priced("business_initiated", undefined, true)), delivered()],
      ["unknown regular billable"],
    ],
  ];
  for (const [reported, counted] of table) {
    for (const statuses of ordersOf(reported)) {
      const company = november23();
      for (const { name, time, content } of [...statuses, ...statuses]) {
        const at_s = company.ms(`2026-11-23 ${time}`) / 1000;
        report(company, ANA, { id: "m", at_s, status: name, content });
      }
      const groups = countedCosts(company).map(({ group, messages }) => {
        assert.deepEqual([group.local_date, group.country, messages], ["2026-11-23", "BR", 1]);
        return `${group.category} ${group.pricing_type}${group.billable ? " billable" : ""}`;
      });
      assert.deepEqual(groups, counted);
    }
  }
});

Deno.test("E48: a message counts on its company's date, and on that of its number's account", () => {
  const company = november23();
  const table: [delivered: string, reported: string, local_date: string, account_date: string][] = [
    ["2026-11-23 11:00", "2026-11-23 11:00", "2026-11-23", "2026-11-23"],
    ["2026-11-24 02:00", "2026-11-24 02:00", "2026-11-24", "2026-11-23"],
    ["2026-12-01 03:00", "2026-12-01 03:00", "2026-12-01", "2026-11-30"],
    ["2026-12-02 13:00", "2026-12-02 13:00", "2026-12-02", "2026-12-03"],
    ["2026-12-01 04:00", "2026-12-02 14:00", "2026-12-01", "2026-11-30"],
  ];
  const accounts: [from: string, time_zone: string][] = [
    ["2026-11-23 12:00", "America/Los_Angeles"],
    ["2026-12-02 12:00", "Asia/Tokyo"],
  ];
  for (const [delivered, reported, local_date, account_date] of table) {
    while (accounts.length > 0 && accounts[0]![0] < reported) {
      const [from, time_zone] = accounts.shift()!;
      company.advanceTo(from);
      setAccount(company, time_zone);
    }
    const before = countedCosts(company);
    company.advanceTo(reported);
    report(company, ANA, { id: delivered, at_s: company.ms(delivered) / 1000, status: "delivered" });
    // Of two messages in one group the second adds one.
    const known = (date: string, of_account: string) =>
      before.find(({ group }) => group.local_date === date && group.account_date === of_account)?.messages ??
        0;
    const counted = countedCosts(company).filter(({ group, messages }) =>
      messages > known(group.local_date, group.account_date)
    );
    assert.deepEqual(counted.map(({ group }) => [group.local_date, group.account_date]), [
      [local_date, account_date],
    ]);
  }
});

Deno.test("E59: an account date on which a message counts begins and ends at stored instants", () => {
  const company = new TestCompany({ at: "2026-11-29 20:00", zone_data: VANCOUVER_CHANGES_CLOCKS });
  setAccount(company, "America/Vancouver");
  const table: [delivered: string, reported: string, account_date: string][] = [
    ["2026-11-30T07:30:00Z", "2026-11-30T07:30:00Z", "2026-11-29"],
    ["2026-11-30T07:50:00Z", "2026-11-30T07:50:00Z", "2026-11-29"],
    ["2026-11-30T08:10:00Z", "2026-11-30T08:10:00Z", "2026-11-30"],
    ["2026-12-01T07:30:00Z", "2026-12-01T07:30:00Z", "2026-12-01"],
    ["2026-11-30T07:45:00Z", "2026-12-01T08:00:00Z", "2026-11-29"],
  ];
  const expected = new Map<string, number>();
  for (const [delivered, reported, account_date] of table) {
    company.advanceToMs(Date.parse(reported));
    report(company, ANA, { id: delivered, at_s: Date.parse(delivered) / 1000, status: "delivered" });
    expected.set(account_date, (expected.get(account_date) ?? 0) + 1);
    const counted = new Map<string, number>();
    for (const { group, messages } of countedCosts(company)) {
      counted.set(group.account_date, (counted.get(group.account_date) ?? 0) + messages);
    }
    assert.deepEqual(counted, expected);
    if (counted.size === 1) company.restart(VANCOUVER_STAYS);
  }
});

Deno.test("E49: a message counts once for all names of its recipient, in the country of the phone", () => {
  const beto: Customer = { phone: "525512345678" };
  const both: Customer = { ...ANA, bsuid: "US.1001" };
  const table: [named: readonly Customer[], country: string][] = [
    [[{ bsuid: "BR.1001" }], "BR"],
    [[{ bsuid: "US.1001" }, ANA], "BR"],
    [[{ phone: "17875550100" }], "PR"],
    [[{ bsuid: "US.1001" }, ANA, both], "BR"],
    [[ANA, beto], "BR"],
  ];
  for (const [named, country] of table) {
    const company = november23();
    named.forEach((customer, i) =>
      report(company, customer, {
        id: "m",
        at_s: company.ms("2026-11-23 10:01") / 1000 - 60 * i,
        status: "delivered",
      })
    );
    const counted = countedCosts(company).map(({ group, messages }) => [group.country, messages]);
    assert.deepEqual(counted, [[country, 1]]);
  }
});

function november23(): TestCompany {
  return new TestCompany({ at: "2026-11-23 09:00" });
}

/** Records a status as Meta reports it. */
function report(company: TestCompany, customer: Customer, status: StatusSpec): void {
  for (const event of readWebhook(webhookOf(statusesOf(LINE, customer, status)), true).events) {
    assert.equal(event.type, "status");
    company.record(event as Extract<typeof event, { type: "status" }>);
  }
}

function setAccount(company: TestCompany, time_zone: string): void {
  const [phone_number_id] = company.state.phone_number_ids;
  const account = { account_id: "102290129340398", portfolio_id: undefined, time_zone, currency: "USD" };
  const command = { type: "set_number_account", account, by: "test" } as const;
  const reply = company.execute({ ...command, phone_number_id: phone_number_id! });
  assert.equal(reply.type, "number_account");
}

/** Every order of some statuses. */
function ordersOf<T>(items: readonly T[]): T[][] {
  if (items.length < 2) return [[...items]];
  return items.flatMap((first, i) =>
    ordersOf(items.filter((_, other) => other !== i)).map((rest) => [first, ...rest])
  );
}
