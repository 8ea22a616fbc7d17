import assert from "node:assert/strict";
import { alertOf } from "../../src/domain/alerts.ts";
import { credits, type Month } from "../../src/domain/types.ts";

Deno.test("E21: a month alerts for the highest threshold it has reached", () => {
  const alert = (consumed: number, granted: number, closed = false) =>
    alertOf({ month: "2026-11" as Month, consumed: credits(consumed), granted: credits(granted), closed });
  assert.equal(alert(7, 10), undefined);
  assert.equal(alert(8, 10), "package.nearly_used");
  assert.equal(alert(10, 10), "package.used_up");
  assert.equal(alert(10, 15), undefined);
  assert.equal(alert(12, 15), "package.nearly_used");
  assert.equal(alert(40, 15), "package.used_up");
  assert.equal(alert(40, 15, true), "month.closed");
  assert.equal(alert(40, 0), undefined);
});
