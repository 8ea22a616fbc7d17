/** The bill of materials of the project: what runs in production, and what builds and tests it. */

import manifest from "../../deno.json" with { type: "json" };
import { fileURLToPath } from "node:url";
import { factKey, readFacts } from "../dependencies/facts.ts";
import { importedPackages, SHIPPED } from "../dependencies/imports.ts";
import { closure, type Lock, parseLock } from "../dependencies/lock.ts";
import { PROJECT_LOCK } from "../dependencies/lock_files.ts";
import { SCALAR } from "../scalar/package.ts";
import type { BillOfMaterials, Part } from "./part.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const RUNTIME = "deno";

/**
 * Returns the parts of the project: every package of its lock file, the file of Scalar, and Deno.
 *
 * @throws {Error} when a package is missing in packages.json: run `deno task dependencies`
 */
export async function billOfMaterials(): Promise<Pick<BillOfMaterials, "root" | "parts">> {
  const lock = parseLock(await Deno.readTextFile(ROOT + PROJECT_LOCK));
  const { packages: facts } = await readFacts();
  const shipped = closure(lock, await shippedPackages(lock));
  const libraries = [...lock.packages].map(([key, one]): Part => {
    const licence = facts[factKey(one)]?.licence;
    if (licence === undefined) throw new Error(`no facts of ${key}: run \`deno task dependencies\``);
    const scope = !shipped.has(key) ? "excluded" : one.system !== undefined ? "optional" : "required";
    const { name, version, integrity, needs } = one;
    return { id: key, type: "library", name, version, licence, integrity, scope, needs };
  });
  const scalar: Part = { id: SCALAR.name, type: "library", ...SCALAR, scope: "required", needs: [] };
  const { license: licence, version } = manifest;
  return {
    root: {
      id: "poli-credits",
      type: "application",
      name: "poli-credits",
      version,
      licence,
      needs: [...lock.direct.values(), scalar.id, RUNTIME],
    },
    parts: [...libraries, scalar, runtime()],
  };
}

/** Returns the keys of the packages that the service, its page or its client imports. */
async function shippedPackages({ direct }: Lock): Promise<string[]> {
  const imported = await importedPackages();
  const isShipped = (name: string) => [...imported.get(name) ?? []].some((use) => SHIPPED.has(use));
  return [...direct].filter(([name]) => isShipped(name)).map(([, key]) => key);
}

function runtime(): Part {
  const { deno: version } = Deno.version;
  return {
    id: RUNTIME,
    type: "platform",
    name: RUNTIME,
    version,
    licence: "MIT",
    scope: "required",
    needs: [],
  };
}
