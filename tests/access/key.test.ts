import assert from "node:assert/strict";
import { crc32 } from "node:zlib";
import { digest, DigestCache, keyIdIn, newKey } from "../../src/access/key.ts";
import { SignedTokens } from "../../src/access/token.ts";
import { Access } from "../../src/access/access.ts";
import { MemoryAccessStore } from "../support/access_store.ts";
import { SystemTimers } from "../../src/time/clock.ts";
import { mutationsOf } from "../support/secret_mutations.ts";

const ATTEMPTS = 100_000;

/** Appends the checksum of a key, as an attacker can who knows the format. */
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
  let refreshes = 0;
  const counted = {
    ...keys,
    changesSince: (since: number | undefined) => (refreshes++, keys.changesSince(since)),
  };
  const token_secret = new Uint8Array(32);
  const dependencies = { keys: counted, sessions, token_secret, clock, timers: new SystemTimers() };
  const access = new Access({ ...dependencies, report: console.error });
  const request = { name: "x", scope: "admin", company: undefined, sees_contacts: true } as const;
  const created = await access.keys.create(
    { ...request, created_by: "tests", expires_at_ms: undefined },
    "key",
  );
  assert.ok(created.type === "created");
  return { access, key: created.key, refreshes: () => refreshes };
}

Deno.test("a key has a prefix and a checksum for secret scanners, and contains its id", () => {
  const { key, id } = newKey();
  assert.match(key, /^poli_[0-9A-Za-z]{16}_[0-9A-Za-z]{38}$/);
  assert.equal(keyIdIn(key), id);
  assert.equal(key.split("_")[1], id);
  assert.notEqual(newKey().key, key);
});

Deno.test("of 100,000 mutated keys none is accepted, and at most one reaches the store", async () => {
  const { access, key, refreshes } = await accessWithKey();
  let accepted = 0;
  for (const mutated of mutationsOf(key, ATTEMPTS)) {
    if (await access.keys.find(mutated) !== undefined) accepted++;
  }
  assert.equal(accepted, 0);
  assert.ok(refreshes() <= 1, `the checksum let ${refreshes()} through to the store`);
  assert.ok(await access.keys.find(key) !== undefined);
});

Deno.test("a key with a live id and a valid checksum is rejected for its secret", async () => {
  const { access, key } = await accessWithKey();
  const id = keyIdIn(key)!;
  for (let times = 0; times < 100; times++) {
    const forged = withChecksum(`poli_${id}_${newKey().key.slice(22, 54)}`);
    assert.equal(keyIdIn(forged), id);
    assert.equal(await access.keys.find(forged), undefined);
  }
  assert.ok(await access.keys.find(key) !== undefined);
});

Deno.test("the digest of a secret is its SHA-256, and secrets of any length differ in it", () => {
  const secrets = ["a", "b", "ab", "é", "a".repeat(10_000), newKey().key];
  assert.equal(new Set(secrets.map((secret) => digest(secret).toHex())).size, secrets.length);
  // The example of NIST for SHA-256.
  const ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  assert.equal(digest("abc").toHex(), ABC);
});

Deno.test("every comparison of secrets is constant-time", async () => {
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
      /(hash|digest|secret|signature|token)\w* [!=]==? (?!undefined|"")/,
      path,
    );
  }
});

Deno.test("of 100,000 mutated tokens none is valid, nor is a token of the other kind", () => {
  const tokens = new SignedTokens(new Uint8Array(32).fill(7));
  const token = tokens.issue("session", "acme");
  let accepted = 0;
  for (const mutated of mutationsOf(token, ATTEMPTS)) {
    if (tokens.verify("session", "acme", mutated)) accepted++;
  }
  assert.equal(accepted, 0);
  assert.equal(tokens.verify("session", "acme", token), true);
  assert.equal(tokens.verify("link", "acme", token), false);
  assert.equal(tokens.verify("session", "bravo", token), false);
  assert.equal(new SignedTokens(new Uint8Array(32)).verify("session", "acme", token), false);
});

Deno.test("the digests of valid keys are remembered for a bounded number of keys", () => {
  const digests = new DigestCache();
  const add = (key: string) => digests.add(key, digest(key));
  add("first");
  for (let i = 0; i < 999; i++) add(`key-${i}`);
  assert.deepEqual(digests.get("first"), digest("first"));
  assert.equal(digests.get("guess"), undefined);
  add("one more");
  assert.equal(digests.get("first"), undefined);
  assert.deepEqual(digests.get("one more"), digest("one more"));
});
