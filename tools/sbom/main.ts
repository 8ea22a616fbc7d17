/** Writes the project's software bill of materials (`deno task sbom`). */

import { runTool, type Values } from "../command_line.ts";
import { billOfMaterials } from "./bill.ts";
import { cycloneDx } from "./cyclonedx.ts";

const USAGE = `deno task sbom [--output FILE]

Writes the software bill of materials (SBOM) as CycloneDX 1.6 JSON: every package of deno.lock with its licence and
hash, the script of the API documentation, and Deno. Packages for build and tests only have the scope "excluded".

  --output   the file to write; by default standard output
  --help     print this text

Exit codes: 0 written; 1 a package is unknown to tools/dependencies/packages.json, or the schema of CycloneDX refuses
the document; 2 the command line does not fit.`;

const OPTIONS = { output: { type: "string" } } as const;

if (import.meta.main) Deno.exit(await runTool({ usage: USAGE, options: OPTIONS, run }, Deno.args));

async function run({ output }: Values<typeof OPTIONS>): Promise<number> {
  const created_at = Temporal.Now.instant().round("second").toString();
  const serial_number = `urn:uuid:${crypto.randomUUID()}`;
  const document = await cycloneDx({ created_at, serial_number, ...await billOfMaterials() });
  if (output === undefined) console.log(document.trimEnd());
  else {
    await Deno.writeTextFile(output, document);
    console.log(`Wrote ${output}: ${JSON.parse(document).components.length} components`);
  }
  return 0;
}
