import assert from "node:assert/strict";
import { TestCompany } from "../../support/company.ts";
import { ANA, BETO, CARLA } from "../../support/fixtures.ts";
import { whatIfOf } from "../../support/what_if.ts";

const NOVEMBER = "2026-11";
/** November is final. */
const AFTER = "2026-12-10 09:00";
const FREE = { template_in_open_window: "free" } as const;

function company(): TestCompany {
  return new TestCompany({ at: "2026-11-20 09:00", prices: { "whatsapp.outbound": 2 } });
}

/** The credits of November by the real terms and when templates in open windows are free. There is no remainder. */
async function consumed(of_company: TestCompany): Promise<readonly [real: number, free: number]> {
  const real = await whatIfOf(of_company, NOVEMBER);
  assert.deepEqual(real.remainder, []);
  assert.deepEqual(real.what_if.usage, real.real.usage);
  const free = await whatIfOf(of_company, NOVEMBER, FREE);
  return [real.what_if.statement.figures.consumed, free.what_if.statement.figures.consumed];
}

Deno.test("contacts that turn out to be one after the month was final stay apart in it", async () => {
  const apart = company();
  apart.wrote(ANA, "2026-11-20 10:00");
  apart.template(ANA, "2026-11-20 10:05");
  apart.wrote(BETO, "2026-11-20 11:00");
  apart.template(BETO, "2026-11-20 11:05");
  apart.advanceTo(AFTER);
  apart.numberChanged(ANA, BETO, AFTER);
  assert.deepEqual(await consumed(apart), [6, 2]);
});

Deno.test("a key that opened no window stays with the contact it was of when the month became final", async () => {
  const three = company();
  three.wrote("BR.1", "2026-11-20 10:00");
  three.template(ANA, "2026-11-21 10:00");
  // From here on BR.1 is Ana: her window of the 20th is under her phone.
  three.wrote(`${ANA} BR.1`, "2026-11-22 10:00");
  three.wrote(BETO, "2026-11-20 11:00");
  three.template(BETO, "2026-11-20 11:05");
  three.wrote(CARLA, "2026-11-20 12:00");
  three.advanceTo(AFTER);
  three.numberChanged(ANA, BETO, AFTER);
  three.numberChanged(BETO, CARLA, AFTER);
  assert.deepEqual(await consumed(three), [8, 6]);
});

Deno.test("contacts that turned out to be one while the month could change are one in it", async () => {
  const one = company();
  one.wrote(ANA, "2026-11-20 10:00");
  one.template(BETO, "2026-11-20 11:05");
  one.numberChanged(ANA, BETO, "2026-11-21 09:00");
  one.advanceTo(AFTER);
  assert.deepEqual(await consumed(one), [3, 1]);
});

Deno.test("a fact that came after the month was final does not count in it, under any terms", async () => {
  const late = company();
  late.status("sent", "wamid.1", "2026-11-20 10:00", { template: false });
  late.advanceTo(AFTER);
  late.send("template", ANA, "wamid.1");
  assert.deepEqual(await consumed(late), [0, 0]);
});

Deno.test("a first price that was set after the month was final does not reach it", async () => {
  const priced = company();
  priced.wrote(ANA, "2026-11-20 10:00");
  priced.advanceTo(AFTER);
  priced.setRate("whatsapp.inbound", 7);
  assert.equal(priced.state.rates.overrides.get("whatsapp.inbound" as never)![0]!.effective_from, null);
  assert.deepEqual(await consumed(priced), [1, 1]);
});

Deno.test("a message that moved to another contact counts there, also in a final month", async () => {
  const moved = company();
  moved.send("template", ANA, "wamid.1", { at: "2026-11-20 10:00" });
  moved.wrote(ANA, "2026-11-20 09:30");
  moved.wrote(BETO, "2026-11-20 09:30");
  moved.status("sent", "wamid.1", "2026-11-20 10:00", { to: BETO });
  moved.advanceTo(AFTER);
  assert.deepEqual(await consumed(moved), [4, 2]);
});
