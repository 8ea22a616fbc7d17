/** What the registry and the installed files say about packages. `deno task dependencies` writes it to packages.json. */

import { fileURLToPath } from "node:url";

/** Facts of one package in one version. */
export interface PackageFacts {
  /** An SPDX expression. */
  readonly licence: string;
  /** When the registry published this version: an ISO date. */
  readonly released: string;
  /** The size of its installed files; null: it is not installed on the machine that asked. */
  readonly bytes: number | null;
  /** The newest version of the package and its date. Direct dependencies only. */
  readonly newest?: { readonly version: string; readonly released: string };
}

/** The content of packages.json. */
export interface Facts {
  /** When the registry was asked: an ISO date. */
  readonly as_of: string;
  /** By name and version, such as `hono@4.13.19`. */
  readonly packages: Readonly<Record<string, PackageFacts>>;
}

/** The path of packages.json. */
export const FACTS_FILE: string = fileURLToPath(new URL("packages.json", import.meta.url));

/** Reads packages.json. */
export async function readFacts(): Promise<Facts> {
  return JSON.parse(await Deno.readTextFile(FACTS_FILE));
}

/** Returns the name of a package and version in {@link Facts.packages}. */
export function factKey({ name, version }: { readonly name: string; readonly version: string }): string {
  return `${name}@${version}`;
}
