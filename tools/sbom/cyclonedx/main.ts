/**
 * Writes a bill of materials from standard input as CycloneDX JSON, and validates it by the strict schema of CycloneDX.
 * With the argument `validate` it validates the document on standard input alone.
 */

import { Enums, Models, Serialize, Spec, SPDX, Validation } from "@cyclonedx/cyclonedx-library";
// The library loads these itself, to validate.
import "ajv";
import "ajv-formats";
import "ajv-formats-draft2019";
import type { BillOfMaterials, Part } from "../part.ts";

const SCOPES = {
  required: Enums.ComponentScope.Required,
  optional: Enums.ComponentScope.Optional,
  excluded: Enums.ComponentScope.Excluded,
};
const TYPES = {
  application: Enums.ComponentType.Application,
  library: Enums.ComponentType.Library,
  platform: Enums.ComponentType.Platform,
};

const input = await new Response(Deno.stdin.readable).text();
const validates_only = Deno.args[0] === "validate";
const document = validates_only ? input : documentOf(JSON.parse(input));
const fault = await new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(document);
if (fault !== null) {
  console.error(JSON.stringify(fault, null, 2));
  Deno.exit(1);
}
if (!validates_only) console.log(document);

function documentOf({ created_at, serial_number, root, parts }: BillOfMaterials): string {
  const bom = new Models.Bom({ serialNumber: serial_number });
  const components = new Map([root, ...parts].map((part) => [part.id, componentOf(part)]));
  for (const { id, needs } of [root, ...parts]) {
    for (const needed of needs) components.get(id)!.dependencies.add(components.get(needed)!.bomRef);
  }
  bom.metadata.timestamp = new Date(created_at);
  bom.metadata.component = components.get(root.id)!;
  for (const { id } of parts) bom.components.add(components.get(id)!);
  const factory = new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6);
  return new Serialize.JsonSerializer(factory).serialize(bom, { sortLists: true, space: 2 });
}

function componentOf({ id, type, name, version, licence, integrity, scope }: Part): Models.Component {
  const component = new Models.Component(TYPES[type], name.replace(/^@[^/]+\//, ""), {
    bomRef: id,
    group: name.startsWith("@") ? name.split("/")[0]! : undefined,
    version,
    scope: scope === undefined ? undefined : SCOPES[scope],
    purl: integrity === undefined ? undefined : `pkg:npm/${name.replace("@", "%40")}@${version}`,
  });
  component.licenses.add(
    SPDX.isSupportedSpdxId(licence) ? new Models.SpdxLicense(licence) : new Models.NamedLicense(licence),
  );
  if (integrity !== undefined) component.hashes.set(Enums.HashAlgorithm["SHA-512"], hexOf(integrity));
  return component;
}

/** Returns the digest of an integrity such as `sha512-…` in hex. */
function hexOf(integrity: string): string {
  return Uint8Array.fromBase64(integrity.replace(/^sha512-/, "")).toHex();
}
