/**
 * Writes the script of the API documentation, `src/web/dist/scalar.js.gz`, from the pinned npm package of Scalar.
 *
 * The package itself is no dependency: it would install 284 packages, of which the documentation needs one file, the
 * bundle for browsers. The task downloads the package alone, verifies its integrity and keeps that file.
 */

import { hash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { SCALAR } from "./package.ts";
import { runTool } from "../command_line.ts";

const USAGE = `deno task scalar

Writes the script of the API documentation, src/web/dist/scalar.js.gz, from the pinned npm package of Scalar.

  --help   print this text

Exit codes: 0 written; 1 the package cannot be downloaded, or is another one; 2 the command line does not fit.`;

const { version, integrity } = SCALAR;
const ARCHIVE = `https://registry.npmjs.org/@scalar/api-reference/-/api-reference-${version}.tgz`;

/** The SHA-256 of the file in the archive, in hex. A test compares the committed one with it. */
export const SCRIPT_SHA256 = "dcb027152bf20bf2f6dcd66e8f9fb073c1a9e274cf0b94b939a7d99ab8947060";

const OUTPUT = fileURLToPath(new URL("../../src/web/dist/scalar.js.gz", import.meta.url));

/** The file to keep, by its path in the archive. */
const SCRIPT = "package/dist/browser/standalone.js";

if (import.meta.main) Deno.exit(await runTool({ usage: USAGE, options: {}, run }, Deno.args));

/**
 * @returns the exit code
 * @throws {Error} when the archive cannot be downloaded, or is another one than the pinned
 */
async function run(): Promise<number> {
  const response = await fetch(ARCHIVE);
  if (!response.ok) throw new Error(`${ARCHIVE} answered ${response.status}`);
  const archive = await response.bytes();
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-512", archive)).toBase64();
  if (`sha512-${digest}` !== integrity) throw new Error(`${ARCHIVE} has the integrity sha512-${digest}`);
  const path = await Deno.makeTempFile({ suffix: ".tgz" });
  try {
    await Deno.writeFile(path, archive);
    const script = await extract(path, SCRIPT);
    const script_sha256 = hash("sha256", script, "hex");
    if (script_sha256 !== SCRIPT_SHA256) throw new Error(`${SCRIPT} has the SHA-256 ${script_sha256}`);
    await Deno.writeFile(OUTPUT, new Uint8Array(gzipSync(script, { level: 9 })));
  } finally {
    await Deno.remove(path);
  }
  return 0;
}

/** Extracts one file of an archive. @throws {Error} when it is not in there */
async function extract(archive: string, file: string): Promise<Uint8Array> {
  const tar = new Deno.Command("tar", { args: ["-xzOf", archive, file], stderr: "inherit" });
  const { success, stdout } = await tar.output();
  if (!success) throw new Error(`the package has no ${file}`);
  return stdout;
}
