import assert from "node:assert/strict";
import { crc32 } from "node:zlib";
import { keyIdIn, newKey } from "../../src/access/key.ts";
import { SignedTokens } from "../../src/access/token.ts";
import { Access } from "../../src/access/access.ts";
import { MemoryAccessStore } from "../support/access_store.ts";
import { SystemTimers } from "../../src/time/clock.ts";
import { mutationsOf } from "../support/secret_mutations.ts";

const ATTEMPTS = 100_000;

/** As anybody can who has read how keys are made. */
function withChecksum(text: string): string {
  const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  let rest = crc32(text);
  let written = "";
  for (let place = 0; place < 6; place++, rest = Math.floor(rest / 62)) written = digits[rest % 62] + written;
  return text + written;
}

async function accessWithKey() {
  const { keys, sessions } = new MemoryAccessStore();
  const clock = { now_ms: () => 1_000 };
  let looks = 0;
  const counted = {
    ...keys,
    changesSince: (since: number | undefined) => (looks++, keys.changesSince(since)),
  };
  const token_secret = new Uint8Array(32);
  const world = { keys: counted, sessions, token_secret, clock, timers: new SystemTimers() };
  const access = new Access({ ...world, report: console.error });
  const asked = { name: "x", scope: "admin", company: undefined, sees_contacts: true } as const;
  const made = await access.keys.create({ ...asked, created_by: "tests", expires_at_ms: undefined });
  assert.ok(made.type === "made");
  return { access, key: made.key, looks: () => looks };
}

Deno.test("a key has a prefix and a checksum by which scanners know it, and its id", () => {
  const { key, id } = newKey();
  assert.match(key, /^poli_[0-9A-Za-z]{16}_[0-9A-Za-z]{38}$/);
  assert.equal(keyIdIn(key), id);
  assert.equal(key.split("_")[1], id);
  assert.notEqual(newKey().key, key);
});

Deno.test("of 100,000 mutated keys none is accepted, and hardly one is looked up", async () => {
  const { access, key, looks } = await accessWithKey();
  let accepted = 0;
  for (const mutated of mutationsOf(key, ATTEMPTS)) {
    if (await access.keys.find(mutated) !== undefined) accepted++;
  }
  assert.equal(accepted, 0);
  assert.ok(looks() <= 1, `the checksum let ${looks()} through to the store`);
  assert.ok(await access.keys.find(key) !== undefined);
});

Deno.test("a key with a live id and a checksum that holds is refused for its secret", async () => {
  const { access, key } = await accessWithKey();
  const id = keyIdIn(key)!;
  for (let times = 0; times < 100; times++) {
    const forged = withChecksum(`poli_${id}_${newKey().key.slice(22, 54)}`);
    assert.equal(keyIdIn(forged), id);
    assert.equal(await access.keys.find(forged), undefined);
  }
  assert.ok(await access.keys.find(key) !== undefined);
});

Deno.test("secrets are compared in constant time, wherever they are compared", async () => {
  for (
    const [path, comparisons] of [
      ["src/access/keys.ts", 1],
      ["src/access/token.ts", 1],
      ["src/http/middleware/authentication.ts", 1],
      ["src/whatsapp/signature.ts", 1],
      ["src/whatsapp/challenge.ts", 1],
    ] as const
  ) {
    const code = await Deno.readTextFile(new URL(`../../${path}`, import.meta.url));
    assert.equal(code.match(/timingSafeEqual\(/g)?.length, comparisons, path);
    assert.doesNotMatch(
      code,
      /(hash|digest|secret|signature|seal|token|ticket)\w* [!=]==? (?!undefined|"")/,
      path,
    );
  }
});

Deno.test("of 100,000 mutated tickets none is ours, nor one for the other purpose", () => {
  const tickets = new SignedTokens(new Uint8Array(32).fill(7));
  const ticket = tickets.issue("session");
  let accepted = 0;
  for (const mutated of mutationsOf(ticket, ATTEMPTS)) if (tickets.verify("session", mutated)) accepted++;
  assert.equal(accepted, 0);
  assert.equal(tickets.verify("session", ticket), true);
  assert.equal(tickets.verify("link", ticket), false);
  assert.equal(new SignedTokens(new Uint8Array(32)).verify("session", ticket), false);
});
