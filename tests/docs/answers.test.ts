import assert from "node:assert/strict";
import { jsonDifference, textDifference } from "./answers.ts";

Deno.test("an answer may print more fields than its document shows, and no other value", () => {
  const printed = { credits: 1, balance: { consumed: 2, available: 8 }, url: "http://localhost/a/b" };
  const fits = [{}, printed, { balance: { consumed: 2 } }, { url: "http://localhost/…" }, { url: "…/a/…" }];
  for (const shown of fits) assert.equal(jsonDifference(shown, printed), undefined);
  const differs: [unknown, string][] = [
    [{ credits: 2 }, "answer.credits is 1, and not 2"],
    [{ credits: "1" }, 'answer.credits is 1, and not "1"'],
    [{ balance: { consumed: 3 } }, "answer.balance.consumed is 2, and not 3"],
    [{ charged: 1 }, "answer.charged is undefined, and not 1"],
    [{ charged: null }, "answer.charged is undefined, and not null"],
    [{ url: "http://localhost/" }, 'answer.url is "http://localhost/a/b", and not "http://localhost/"'],
  ];
  for (const [shown, difference] of differs) assert.equal(jsonDifference(shown, printed), difference);
});

Deno.test("a list has as many items as are shown, in their order", () => {
  const printed = [{ seq: 2, late: false }, { seq: 1, late: true }];
  assert.equal(jsonDifference([{ seq: 2 }, {}], printed), undefined);
  assert.match(jsonDifference([{ seq: 2 }], printed)!, /and not a list of 1$/);
  assert.match(jsonDifference([{ seq: 1 }, { seq: 2 }], printed)!, /^answer\.0\.seq/);
  assert.match(jsonDifference([], {})!, /and not a list of 0$/);
});

Deno.test("shown lines are printed in their order, whole, with others between them", () => {
  const printed = 'HTTP/1.1 200 OK\r\nserver: x\r\n\r\nevent: balance\ndata: {"consumed":1}\n';
  assert.equal(textDifference("HTTP/1.1 200 OK\nevent: balance", printed), undefined);
  assert.equal(textDifference('data: {…"consumed":1}', printed), undefined);
  assert.equal(textDifference("event: balance\nHTTP/1.1 200 OK", printed), 'no line "HTTP/1.1 200 OK"');
  assert.equal(textDifference("event: bal", printed), 'no line "event: bal"');
  assert.equal(textDifference("event: balance\nevent: balance", printed), 'no line "event: balance"');
});
