/** Reads lock files of Deno: the packages, their integrity, and which package needs which. */

/** A package of a lock file. */
export interface LockedPackage {
  /** The name in the npm registry. */
  readonly name: string;
  readonly version: string;
  /** The hash of the published archive: `sha512-` and Base64. */
  readonly integrity: string;
  /** The keys of the packages that this one needs. */
  readonly needs: readonly string[];
  /** The only system it is installed on, such as `linux-x64`. Undefined: on all. */
  readonly system?: string;
}

/** The packages of a lock file. */
export interface Lock {
  /** By the key of the file, such as `hono@4.13.19`. */
  readonly packages: ReadonlyMap<string, LockedPackage>;
  /** The keys of the direct dependencies, by name. */
  readonly direct: ReadonlyMap<string, string>;
}

interface LockFile {
  readonly specifiers: Readonly<Record<string, string>>;
  readonly npm: Readonly<Record<string, LockFileEntry>>;
}

interface LockFileEntry {
  readonly integrity: string;
  readonly dependencies?: readonly string[];
  readonly optionalDependencies?: readonly string[];
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
}

/** Parses a lock file. */
export function parseLock(text: string): Lock {
  const { specifiers, npm }: LockFile = JSON.parse(text);
  const keys = Object.keys(npm);
  const packages = keys.map((key): [string, LockedPackage] => {
    const { integrity, dependencies = [], optionalDependencies = [], os, cpu } = npm[key]!;
    const needs = [...dependencies, ...optionalDependencies].map((needed) => keyOf(needed, keys));
    const system = os === undefined ? {} : { system: `${os}-${cpu}` };
    return [key, { ...nameAndVersion(key), integrity, needs, ...system }];
  });
  const direct = Object.entries(specifiers).map(([specifier, resolved]): [string, string] => {
    const { name } = nameAndVersion(specifier.replace(/^npm:/, ""));
    return [name, `${name}@${resolved}`];
  });
  return { packages: new Map(packages), direct: new Map(direct) };
}

/** Returns the keys of packages and of everything that they need. */
export function closure({ packages }: Lock, keys: Iterable<string>): Set<string> {
  const found = new Set<string>();
  const open = [...keys];
  for (let key = open.pop(); key !== undefined; key = open.pop()) {
    if (found.has(key)) continue;
    found.add(key);
    open.push(...packages.get(key)!.needs);
  }
  return found;
}

/** A lock file names a dependency without its version where it has one version of it only; an alias is `ajv@npm:…`. */
function keyOf(dependency: string, keys: readonly string[]): string {
  const needed = dependency.replace(/^.+@npm:/, "");
  const key = keys.find((candidate) => candidate === needed || nameAndVersion(candidate).name === needed);
  if (key === undefined) throw new Error(`the lock file has no package ${needed}`);
  return key;
}

/** Splits `@scope/name@1.0.0_peer@2.0.0`; the version is empty where there is none. */
function nameAndVersion(key: string): { readonly name: string; readonly version: string } {
  const at = key.indexOf("@", 1);
  if (at === -1) return { name: key, version: "" };
  return { name: key.slice(0, at), version: key.slice(at + 1).split("_")[0]! };
}
