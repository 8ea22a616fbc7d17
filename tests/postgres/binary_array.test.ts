import assert from "node:assert/strict";
import * as arrays from "../../src/postgres/binary_array.ts";
import { openPostgresStore } from "./test_store.ts";

Deno.test("fixed-size values larger than the scratch buffer are encoded, with nulls between them", async () => {
  await using subject = await openPostgresStore();
  const numbers = Array.from(
    { length: 20_000 },
    (_, i) => i % 3 === 0 ? undefined : i * 1_000_003 - 7_000_000_000,
  );
  const { rows } = await subject.pool.query<{ got: string[] }>("select $1::int8[]::text[] as got", [
    arrays.bigints(numbers, (number) => number),
  ]);
  assert.deepEqual(rows[0]!.got, numbers.map((number) => number === undefined ? null : String(number)));
});

Deno.test("texts of any size and number reach Postgres unchanged, after an array of any size", async () => {
  await using subject = await openPostgresStore();
  const many = Array.from({ length: 3_000 }, (_, i) => i % 7 === 0 ? null : `${i} ção `.repeat(i % 40));
  const large = ["short", null, "é".repeat(1_500_000), "last"];
  for (const sent of [[], ["a"], many, large, [null, "after"], many.slice(0, 50)]) {
    const { rows } = await subject.pool.query<{ got: (string | null)[] }>("select $1::text[] as got", [
      arrays.texts(sent, (text) => text),
    ]);
    assert.deepEqual(rows[0]!.got, sent);
  }
});
