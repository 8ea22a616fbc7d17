import assert from "node:assert/strict";
import fc from "fast-check";
import type { Credits, Month } from "../../src/domain/types.ts";
import type { Movement, Period } from "../../src/domain/period.ts";
import {
  availableIn,
  close,
  consume,
  excessIn,
  expiredIn,
  grant,
  newPeriod,
  prepaidUsedIn,
} from "../../src/domain/period.ts";

Deno.test("a grant is available until it is used", () => {
  assert.deepEqual(run([["grant", 100], ["consume", 30]]), [
    "grant +100 (prepaid +100) leaves 100, excess 0",
    "consumption -30 (prepaid -30) leaves 70, excess 0",
  ]);
});

Deno.test("when the package is used up, consumption goes on as excess", () => {
  assert.deepEqual(
    run([["grant", 10], ["consume", 12]]).at(-1),
    "consumption -12 (prepaid -10, excess -2) leaves 0, excess 2",
  );
});

Deno.test("a refund takes off excess before it gives back credits of the package", () => {
  assert.deepEqual(
    run([["grant", 10], ["consume", 12], ["consume", -5]]).at(-1),
    "reversal +5 (prepaid +3, excess +2) leaves 3, excess 0",
  );
});

Deno.test("a grant after use covers the excess first", () => {
  assert.deepEqual(
    run([["consume", 4], ["grant", 10]]).at(-1),
    "grant +10 (prepaid +6, excess +4) leaves 6, excess 0",
  );
});

Deno.test("what is left when the month closes expires", () => {
  assert.deepEqual(
    run([["grant", 10], ["consume", 4], ["close"]]).at(-1),
    "expiry -6 (prepaid -6) leaves 0, excess 0",
  );
});

Deno.test("a month with nothing left closes without an entry", () => {
  assert.equal(run([["grant", 10], ["consume", 12], ["close"]]).length, 2);
  assert.equal(run([["close"]]).length, 0);
});

Deno.test("late consumption takes credits that had expired before it makes excess", () => {
  assert.deepEqual(run([["grant", 10], ["consume", 8], ["close"], ["consume", 3]]).slice(-2), [
    "adjustment +2 (prepaid +2) leaves 2, excess 0",
    "consumption -3 (prepaid -2, excess -1) leaves 0, excess 1",
  ]);
});

Deno.test("a late refund takes off excess before it gives back credits that have expired", () => {
  assert.deepEqual(run([["grant", 10], ["consume", 12], ["close"], ["consume", -3]]).slice(-2), [
    "reversal +3 (prepaid +1, excess +2) leaves 1, excess 0",
    "adjustment -1 (prepaid -1) leaves 0, excess 0",
  ]);
});

Deno.test("a late refund of excess alone needs no adjustment", () => {
  assert.deepEqual(
    run([["grant", 10], ["consume", 15], ["close"], ["consume", -3]]).at(-1),
    "reversal +3 (excess +3) leaves 0, excess 2",
  );
});

Deno.test("nothing granted and nothing consumed is nothing posted", () => {
  assert.deepEqual(run([["grant", 0], ["consume", 0]]), []);
});

Deno.test("LEDGER-2 to LEDGER-4 hold after any steps, and in a closed month granted = used + expired", () => {
  fc.assert(fc.property(histories(), (steps) => {
    const [period, movements] = play(steps);
    let [available, excess, sum] = [0, 0, 0];
    for (const movement of movements) {
      assert.equal(movement.credits, movement.prepaid + movement.excess, "LEDGER-4");
      assert.ok(movement.prepaid * movement.excess >= 0, "LEDGER-4: same sign");
      available += movement.prepaid;
      excess -= movement.excess;
      sum += movement.credits;
      assert.equal(movement.available_after, available, "LEDGER-2");
      assert.equal(movement.excess_after, excess, "LEDGER-2");
      assert.ok(available >= 0 && excess >= 0 && (available === 0 || excess === 0));
    }
    assert.equal(sum, availableIn(period) - excessIn(period), "LEDGER-3");
    if (period.closed) assert.equal(availableIn(period), 0, "LEDGER-3");
    if (period.closed) assert.equal(period.granted, prepaidUsedIn(period) + expiredIn(period));
  }));
});

type Step = readonly ["grant" | "consume", number] | readonly ["close"];

function play(steps: readonly Step[]): [Period, Movement[]] {
  let period = newPeriod("2026-11" as Month, false);
  const movements: Movement[] = [];
  for (const [kind, amount] of steps) {
    const [after, made] = kind === "close"
      ? close(period)
      : kind === "grant"
      ? grant(period, amount as Credits)
      : consume(period, amount as Credits);
    period = after;
    movements.push(...made);
  }
  return [period, movements];
}

function run(steps: readonly Step[]): string[] {
  return play(steps)[1].map((m) => {
    const parts = [["prepaid", m.prepaid], ["excess", m.excess]] as const;
    const split = parts.filter(([, n]) => n !== 0).map(([name, n]) => `${name} ${signed(n)}`).join(", ");
    return `${m.type} ${signed(m.credits)} (${split}) leaves ${m.available_after}, excess ${m.excess_after}`;
  });
}

function signed(amount: number): string {
  return amount > 0 ? `+${amount}` : String(amount);
}

/** Grants and use, then a close or none, then what comes late; never more given back than was used. */
function histories(): fc.Arbitrary<Step[]> {
  const steps = (kinds: readonly ("grant" | "consume")[]) =>
    fc.array(fc.tuple(fc.constantFrom(...kinds), fc.integer({ min: -20, max: 20 })), { maxLength: 12 });
  return fc.tuple(steps(["grant", "consume"]), fc.boolean(), steps(["consume"])).map(
    ([open, closes, late]) => {
      let consumed = 0;
      const sound = (given: readonly (readonly ["grant" | "consume", number])[]): Step[] =>
        given.map(([kind, amount]) => {
          if (kind === "grant") return [kind, Math.abs(amount)] as const;
          const taken = Math.max(amount, -consumed);
          consumed += taken;
          return [kind, taken] as const;
        });
      return [...sound(open), ...(closes ? [["close"] as const, ...sound(late)] : [])];
    },
  );
}
