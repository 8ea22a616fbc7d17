import assert from "node:assert/strict";
import { readFacts } from "../../../tools/dependencies/facts.ts";
import { importedPackages, SHIPPED } from "../../../tools/dependencies/imports.ts";
import { closure, type LockedPackage, parseLock } from "../../../tools/dependencies/lock.ts";
import { PAGE, writtenPage } from "../../../tools/dependencies/page.ts";
import { readTables } from "../../../tools/dependencies/tables.ts";
import { readSource } from "../../support/source_files.ts";
import { assertCommandLine } from "../command_line.ts";

/** Licences that ask for no more than their text and a copyright notice. */
const PERMISSIVE = new Set(["MIT", "ISC", "Apache-2.0", "0BSD", "BSD-2-Clause", "BSD-3-Clause", "Unlicense"]);
/** Its files keep their licence, and no other file takes it. Tests only. */
const WEAK_COPYLEFT = "MPL-2.0";

Deno.test("the code imports every package of deno.json, and no other", async () => {
  const { imports } = JSON.parse(await readSource("deno.json"));
  assert.deepEqual([...(await importedPackages()).keys()].sort(), Object.keys(imports).sort());
});

Deno.test("docs/dependencies.md is what the manifest, the lock files and the registry's facts say", async () => {
  assert.equal(
    await Deno.readTextFile(PAGE),
    await writtenPage(await readFacts()),
    "run `deno task dependencies`, and commit the result",
  );
});

Deno.test("packages.json has every package of the lock files, and no other", async () => {
  const { packages } = await readTables();
  assert.deepEqual(
    Object.keys((await readFacts()).packages).sort(),
    packages.map(({ name, version }) => `${name}@${version}`).sort(),
    "run `deno task dependencies`, and commit the result",
  );
});

Deno.test("deno.json pins every package to one version", async () => {
  const { imports } = JSON.parse(await readSource("deno.json"));
  for (const specifier of Object.values<string>(imports)) {
    assert.match(specifier, /^npm:@?[^@]+@\d+\.\d+\.\d+(-[a-z\d.]+)?$/);
  }
});

Deno.test("what is shipped has permissive licences, and no package of deno.lock stronger ones than MPL 2.0", async () => {
  const { packages } = await readFacts();
  const { lock } = await readTables();
  const imported = await importedPackages();
  const isShipped = (name: string) => [...imported.get(name)!].some((use) => SHIPPED.has(use));
  const direct = [...lock.direct].filter(([name]) => isShipped(name)).map(([, key]) => key);
  const shipped = [...closure(lock, direct)].map((key) => lock.packages.get(key)!);
  assert.ok(shipped.length > 30, `only ${shipped.length} were read`);
  const licenceOf = ({ name, version }: LockedPackage) => packages[`${name}@${version}`]!.licence;
  assert.deepEqual(shipped.filter((one) => !PERMISSIVE.has(licenceOf(one))), []);
  const all = [...lock.packages.values()];
  assert.deepEqual(all.filter((one) => ![...PERMISSIVE, WEAK_COPYLEFT].includes(licenceOf(one))), []);
});

Deno.test("a lock file is read with peers, aliases and packages of one system", () => {
  const integrity = "sha512-AA==";
  const lock = parseLock(JSON.stringify({
    specifiers: { "npm:@a/one@1": "1.2.3_two@2.0.0" },
    npm: {
      "@a/one@1.2.3_two@2.0.0": { integrity, dependencies: ["two", "three@npm:@b/three@3.0.0"] },
      "two@2.0.0": { integrity, optionalDependencies: ["four"] },
      "@b/three@3.0.0": { integrity },
      "four@4.0.0": { integrity, os: ["linux"], cpu: ["x64"] },
      "five@5.0.0": { integrity },
    },
  }));
  assert.deepEqual([...lock.direct], [["@a/one", "@a/one@1.2.3_two@2.0.0"]]);
  const { name, version } = lock.packages.get("@a/one@1.2.3_two@2.0.0")!;
  assert.deepEqual([name, version], ["@a/one", "1.2.3"]);
  assert.equal(lock.packages.get("four@4.0.0")!.system, "linux-x64");
  const needed = closure(lock, lock.direct.values());
  assert.deepEqual([...needed].sort(), [
    "@a/one@1.2.3_two@2.0.0",
    "@b/three@3.0.0",
    "four@4.0.0",
    "two@2.0.0",
  ]);
});

Deno.test("`deno task dependencies` prints its usage on --help, and rejects an unknown option", async () => {
  await assertCommandLine("tools/dependencies/main.ts", "dependencies");
});
