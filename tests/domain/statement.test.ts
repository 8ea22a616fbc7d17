import assert from "node:assert/strict";
import fc from "fast-check";
import type { ContractVersion, Package } from "../../src/domain/contract.ts";
import { finalAfter } from "../../src/domain/lateness.ts";
import { type Micros, priceFrom, showMoney } from "../../src/domain/money.ts";
import type { LocalDate, Month } from "../../src/domain/types.ts";
import { credits } from "../../src/domain/types.ts";
import { close, consume, grant, newPeriod, type Period } from "../../src/domain/period.ts";
import { type Statement, statementOf, statementsOf } from "../../src/domain/statement.ts";

const NOVEMBER = "2026-11" as Month;
const OPEN = "2026-11-20" as LocalDate;
const CLOSED = "2026-12-02" as LocalDate;

Deno.test("an open month shows what was granted and consumed so far, and nothing of a closing", () => {
  const statement = statementOf(month({ granted: 10, consumed: 4 }), null, agreed({ credits: 10 }), OPEN);
  assert.equal(statement.status, "open");
  assert.deepEqual(statement.figures, { granted: 10, consumed: 4, prepaid_used: 4, expired: 0, excess: 0 });
  assert.deepEqual([statement.at_close, statement.late_entries, statement.late_amounts], [null, null, null]);
});

Deno.test("a month costs its package and the credits past it", () => {
  const statement = statementOf(month({ granted: 10, consumed: 13 }), null, agreed({ credits: 10 }), OPEN);
  assert.equal(bill(statement), "8.00 + 3 x 0.10 = 0.30: 8.30");
});

Deno.test("credits in excess are rounded once, half to even, on their line", () => {
  const at = (excess: string, consumed: number) =>
    bill(statementOf(month({ consumed }), null, agreed(null, excess), OPEN));
  assert.equal(at("0.005", 1), "null + 1 x 0.005 = 0.00: 0.00");
  assert.equal(at("0.005", 3), "null + 3 x 0.005 = 0.02: 0.02");
  assert.equal(at("0.123456", 1_000), "null + 1000 x 0.123456 = 123.46: 123.46");
});

Deno.test("a package's price finer than the centavo is rounded on its line, and the lines add up", () => {
  const statement = statementOf(month({}), null, agreed({ credits: 10, price: "8.005" }), OPEN);
  assert.equal(bill(statement), "8.00 + 0 x 0.10 = 0.00: 8.00");
});

Deno.test("a prorated first month pays for its days", () => {
  const contract = agreed({ credits: 30, price: "30.00" }, "0.10", {
    starts_on: "2026-11-16",
    first_month: "prorated",
  });
  assert.equal(
    bill(statementOf(month({ granted: 15 }), null, contract, OPEN)),
    "15.00 + 0 x 0.10 = 0.00: 15.00",
  );
});

Deno.test("without a contract money is not known, however little was used", () => {
  const statement = statementOf(month({ consumed: 5 }), null, [], OPEN);
  assert.deepEqual([statement.excess_amount, statement.total, statement.currency], [null, null, null]);
  assert.equal(statementOf(month({}), null, [], OPEN).total, null);
});

Deno.test("while the package has no price the total is not known, but what the excess costs is", () => {
  const contract = agreed({ credits: 10, price: null });
  assert.equal(
    bill(statementOf(month({ consumed: 2 }), null, contract, OPEN)),
    "null + 2 x 0.10 = 0.20: null",
  );
});

Deno.test("no excess costs nothing, even while nobody has said its price", () => {
  const contract = agreed({ credits: 10 }, null);
  const at = (consumed: number) => statementOf(month({ granted: 10, consumed }), null, contract, OPEN);
  assert.equal(bill(at(10)), "8.00 + 0 x null = 0.00: 8.00");
  assert.equal(bill(at(11)), "8.00 + 1 x null = null: null");
});

Deno.test("late entries change the figures, never those at the close, and are shown separately", () => {
  const [closed] = close(month({ granted: 10, consumed: 8 }));
  const at_close = { granted: 10, consumed: 8, prepaid_used: 8, expired: 2, excess: 0 };
  const [after] = consume(closed, credits(5));
  const statement = statementOf(after, frozen(at_close), agreed({ credits: 10 }), CLOSED);
  assert.equal(statement.status, "closed");
  assert.deepEqual(statement.figures, { granted: 10, consumed: 13, prepaid_used: 10, expired: 0, excess: 3 });
  assert.deepEqual(statement.at_close, at_close);
  assert.deepEqual(statement.late_entries, {
    granted: 0,
    consumed: 5,
    prepaid_used: 2,
    expired: -2,
    excess: 3,
  });
  assert.equal(showMoney(statement.amounts_at_close!.total!), "8.00");
  assert.equal(showMoney(statement.late_amounts!.excess_amount!), "0.30");
  assert.equal(showMoney(statement.late_amounts!.total!), "0.30");
});

Deno.test("a late refund makes the late amounts negative", () => {
  const [closed] = close(month({ granted: 10, consumed: 12 }));
  const at_close = { granted: 10, consumed: 12, prepaid_used: 10, expired: 0, excess: 2 };
  const [after] = consume(closed, credits(-1));
  const statement = statementOf(after, frozen(at_close), agreed({ credits: 10 }), CLOSED);
  assert.equal(showMoney(statement.late_amounts!.total!), "-0.10");
});

Deno.test("a month that was over before its first fact closed with nothing: all of it is late", () => {
  const [late] = consume(newPeriod(NOVEMBER, true), credits(3));
  const statement = statementOf(late, null, [], CLOSED);
  assert.deepEqual(statement.at_close, { granted: 0, consumed: 0, prepaid_used: 0, expired: 0, excess: 0 });
  assert.equal(statement.late_entries?.consumed, 3);
});

Deno.test("a closed month is final nine days after its end, when no fact of it is accepted any more", () => {
  const status = (today: string) => statementOf(close(month({}))[0], null, [], today as LocalDate).status;
  assert.equal(finalAfter(NOVEMBER), "2026-12-08");
  assert.deepEqual(["2026-12-01", "2026-12-08", "2026-12-09"].map(status), ["closed", "closed", "final"]);
});

Deno.test("months without anything appear between the first and the current one, newest first", () => {
  const kept = [{ period: close(month({ consumed: 2 }))[0], at_close: undefined }];
  const all = statementsOf(kept, [], "2027-02-10" as LocalDate);
  assert.deepEqual(all.map(({ period, status }) => `${period} ${status}`), [
    "2027-02 open",
    "2027-01 final",
    "2026-12 final",
    "2026-11 final",
  ]);
  assert.deepEqual(all[1]!.figures, { granted: 0, consumed: 0, prepaid_used: 0, expired: 0, excess: 0 });
});

Deno.test("a company without any fact has a statement of the current month", () => {
  assert.deepEqual(statementsOf([], [], OPEN).map(({ period }) => period), ["2026-11"]);
});

Deno.test("after any history: granted = prepaid used + expired once closed, and figures = closing + late", () => {
  const amount = fc.integer({ min: 0, max: 1_000 });
  fc.assert(fc.property(amount, amount, fc.array(fc.integer({ min: -50, max: 50 })), (size, used, late) => {
    const [closed] = close(month({ granted: size, consumed: used }));
    const at_close = statementOf(closed, null, agreed({ credits: 10 }), CLOSED).figures;
    let after = closed;
    for (const by of late) {
      if (after.consumed + by >= 0) [after] = consume(after, credits(by));
    }
    const { figures, late_entries, total, amounts_at_close, late_amounts } = statementOf(
      after,
      at_close,
      agreed({ credits: 10 }),
      CLOSED,
    );
    assert.equal(figures.prepaid_used + figures.expired, figures.granted);
    assert.equal(figures.prepaid_used + figures.excess, figures.consumed);
    for (const name of ["granted", "consumed", "prepaid_used", "expired", "excess"] as const) {
      assert.equal(at_close[name] + late_entries![name], figures[name]);
    }
    assert.equal(amounts_at_close!.total! + late_amounts!.total!, total);
  }));
});

Deno.test("prices up to 999,999,999.999999 and 10^12 credits come out exactly", () => {
  const contract = agreed({ credits: 10, price: "999999999.999999" }, "999999999.999999");
  const { excess_amount, total, package_price } = statementOf(
    month({ consumed: 1_000_000_000_000 }),
    null,
    contract,
    OPEN,
  );
  assert.equal(showMoney(package_price!), "1000000000.00");
  assert.equal(showMoney(excess_amount!), "999999999999999000000.00");
  assert.equal(showMoney(total!), "1000000000000999000000.00");
});

function month({ granted = 0, consumed = 0 }: { granted?: number; consumed?: number }): Period {
  const [after_grant] = grant(newPeriod(NOVEMBER, false), credits(granted));
  return consume(after_grant, credits(consumed))[0];
}

function frozen(figures: Readonly<Record<keyof Statement["figures"], number>>): Statement["figures"] {
  return figures as Statement["figures"];
}

/** The contract of the examples, from November on: 8.00 a month by default, 0.10 a credit in excess. */
function agreed(
  offered: { readonly credits: number; readonly price?: string | null } | null,
  excess: string | null = "0.10",
  more: { readonly starts_on?: string; readonly first_month?: "full" | "prorated" } = {},
): ContractVersion[] {
  const { starts_on = "2026-11-01", first_month = "full" } = more;
  const held: Package | null = offered && {
    credits: credits(offered.credits),
    price: offered.price === null ? null : priceFrom(offered.price ?? "8.00"),
  };
  return [{
    version: 1,
    effective_from: starts_on as LocalDate,
    terms: {
      package: held,
      excess_credit_price: excess === null ? null : priceFrom(excess),
      currency: "BRL",
      starts_on: starts_on as LocalDate,
      first_month,
    },
    withdraws: [],
    reason: "agreed",
    recorded_at_ms: 0,
    recorded_by: "test",
  }];
}

function bill({ package_price, figures, excess_credit_price, excess_amount, total }: Statement): string {
  const shown = (money: Micros | null) => money === null ? "null" : showMoney(money);
  const excess = `${figures.excess} x ${shown(excess_credit_price)} = ${shown(excess_amount)}`;
  return `${shown(package_price)} + ${excess}: ${shown(total)}`;
}
