import assert from "node:assert/strict";
import { join } from "node:path";
import { copyPackage } from "../../src/embedded_postgres/package_copy.ts";
import { temporaryFolder } from "../support/database.ts";

Deno.test("concurrent calls share one complete copy, with its links, and the one that makes it says so", async () => {
  await using folder = await temporaryFolder();
  const source = join(folder.path, "package");
  const cache = join(folder.path, "cache");
  await makePackage(source);
  let said = 0;
  const copies = await Promise.all(
    Array.from({ length: 8 }, () => copyPackage(source, cache, "v1", () => void said++)),
  );
  assert.equal(said, 1);
  assert.deepEqual(new Set(copies), new Set([join(cache, "v1")]));
  assert.deepEqual(await namesIn(cache), ["lock", "v1"]);
  assert.equal(await Deno.readTextFile(join(cache, "v1", "lib", "libx.so")), "library");
  assert.equal(await Deno.readLink(join(cache, "v1", "lib", "libx.so")), "libx.so.1.2");
});

Deno.test("every account can run a copy, and only its owner can change it", async () => {
  await using folder = await temporaryFolder();
  const source = join(folder.path, "package");
  await makePackage(source);
  const copy = await copyPackage(source, join(folder.path, "cache"), "v1");
  const modes = await Promise.all(
    ["", "bin", "bin/run", "lib/libx.so.1.2"].map(async (path) =>
      (await Deno.stat(join(copy, path))).mode! & 0o777
    ),
  );
  assert.deepEqual(modes, [0o755, 0o755, 0o755, 0o644]);
});

Deno.test("files for building against Postgres are left out", async () => {
  await using folder = await temporaryFolder();
  const source = join(folder.path, "package");
  await makePackage(source);
  const copy = await copyPackage(source, join(folder.path, "cache"), "v1");
  assert.deepEqual(await namesIn(join(copy, "lib")), ["libx.so", "libx.so.1.2"]);
});

Deno.test("the next copy removes an interrupted one", async () => {
  await using folder = await temporaryFolder();
  const source = join(folder.path, "package");
  const cache = join(folder.path, "cache");
  await makePackage(source);
  await Deno.mkdir(join(cache, "v0.partial", "bin"), { recursive: true });
  await Deno.mkdir(join(cache, "v1.partial", "bin"), { recursive: true });
  await copyPackage(source, cache, "v1");
  assert.deepEqual(await namesIn(cache), ["lock", "v1"]);
});

Deno.test("a cache folder that others may write to is refused", async () => {
  await using folder = await temporaryFolder();
  const source = join(folder.path, "package");
  const cache = join(folder.path, "cache");
  await makePackage(source);
  await Deno.mkdir(cache);
  await Deno.chmod(cache, 0o777);
  await assert.rejects(copyPackage(source, cache, "v1"), /others may write to it/);
});

async function makePackage(path: string): Promise<void> {
  const native = join(path, "native");
  await Deno.mkdir(join(native, "bin"), { recursive: true });
  await Deno.mkdir(join(native, "lib", "pkgconfig"), { recursive: true });
  await Deno.writeTextFile(join(native, "bin", "run"), "program", { mode: 0o700 });
  await Deno.writeTextFile(join(native, "lib", "libx.so.1.2"), "library", { mode: 0o600 });
  await Deno.writeTextFile(join(native, "lib", "libx.a"), "for building");
  const links = [{ source: "native/lib/libx.so.1.2", target: "native/lib/libx.so" }];
  await Deno.writeTextFile(join(native, "pg-symlinks.json"), JSON.stringify(links));
}

async function namesIn(folder: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder))).map((entry) => entry.name).sort();
}
