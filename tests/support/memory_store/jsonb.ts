import { Buffer } from "node:buffer";

/** Orders an object's names as jsonb does: by their length in bytes, then by their bytes. */
export function asJsonb<T extends object | null | undefined>(value: T): T {
  if (value == null) return value;
  const named = Object.entries(value).map(([name, part]) => ({ bytes: Buffer.from(name), name, part }));
  named.sort((a, b) => a.bytes.length - b.bytes.length || Buffer.compare(a.bytes, b.bytes));
  return Object.fromEntries(named.map(({ name, part }) => [name, part])) as T;
}
