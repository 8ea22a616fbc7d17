/** `deno task environment`: writes the table of environment variables from their schema. */

import { REFERENCE, withEnvironmentTable } from "./table.ts";

const path = new URL(`../../${REFERENCE}`, import.meta.url);
await Deno.writeTextFile(path, withEnvironmentTable(await Deno.readTextFile(path)));
console.log(`Wrote the environment variables to ${REFERENCE}.`);
