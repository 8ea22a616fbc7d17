/** Runs the writer of CycloneDX documents, which has packages of its own. */

import { fileURLToPath } from "node:url";
import { runWithOwnPackages } from "../own_packages.ts";
import type { BillOfMaterials } from "./part.ts";

const folder = fileURLToPath(new URL("cyclonedx/", import.meta.url));
const run = ["run", "--no-prompt", "--allow-env", "--allow-read"];

/** Returns a bill of materials as CycloneDX JSON. @throws {Error} with the faults when its schema refuses it */
export async function cycloneDx(bill: BillOfMaterials): Promise<string> {
  return await runWithOwnPackages(folder, run, JSON.stringify(bill));
}

/** Validates a document by the strict schema of CycloneDX. @throws {Error} with the faults when the schema refuses it */
export async function validateCycloneDx(document: string): Promise<void> {
  await runWithOwnPackages(folder, run, document, ["validate"]);
}
