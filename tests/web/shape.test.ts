import assert from "node:assert/strict";
import { shapeOf } from "../../src/web/live/shape.ts";
import { balance } from "./page_views.ts";

Deno.test("a page is rendered again on another date, and when texts or colours change, but not for other numbers", () => {
  const shape = shapeOf(balance());
  assert.equal(shapeOf(balance({ version: 8, consumed: 40, available: 60, consumed_today: 18 })), shape);
  assert.notEqual(shapeOf(balance({ closed_through: "2026-11-03", consumed_today: 0 })), shape);
  assert.notEqual(shapeOf(balance({ granted: 200, available: 170 })), shape);
  assert.notEqual(shapeOf(balance({ consumed: 80, available: 20 })), shape);
  assert.notEqual(shapeOf(balance({ consumed: 101, available: 0, excess: 1 })), shape);
  assert.notEqual(shapeOf(balance({ total: null })), shape);
});
