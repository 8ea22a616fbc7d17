import type { z } from "@hono/zod-openapi";
import { type FieldError, formatPath } from "./problems.ts";

/** Faults named at most: whoever sends a thousand bad items needs the first few. */
const ERRORS_MAX = 20;

/** What fits a schema, or what does not fit, by field. */
export type Validated<T> = { readonly fits: true; readonly value: T } | {
  readonly fits: false;
  readonly errors: readonly FieldError[];
};

/**
 * Holds a value against a schema.
 *
 * @param root what the value is called in a message when the fault is with the whole of it
 */
export function validate<T>(schema: z.ZodType<T>, value: unknown, root: string): Validated<T> {
  const parsed = schema.safeParse(value, { error: (issue) => sentenceOf(issue as RawIssue) });
  if (parsed.success) return { fits: true, value: parsed.data };
  const errors = parsed.error.issues.flatMap((issue) => errorsOf(issue, [], root));
  // Once a field: of several bounds that are passed the last is the field's own, and the narrowest.
  const by_field = new Map(errors.map((error) => [error.path, error]));
  return { fits: false, errors: [...by_field.values()].slice(0, ERRORS_MAX) };
}

type Issue = z.core.$ZodIssue;

function errorsOf(issue: Issue, above: readonly PropertyKey[], root: string): FieldError[] {
  const path = [...above, ...issue.path];
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => error([...path, key], "is not a field of this: leave it out", root));
  }
  if (issue.code === "invalid_key") {
    return issue.issues.map(({ message }) => error(path, `has a name that ${message}`, root));
  }
  if (issue.code === "invalid_union") {
    const branch = nearestBranch(issue.errors);
    if (branch !== undefined) return branch.flatMap((inner) => errorsOf(inner, path, root));
  }
  return [error(path, issue.message, root)];
}

/**
 * Of several shapes the one that was meant: the only one whose faults do not begin at its root, or of more such
 * the only one that knows every field that was given.
 */
function nearestBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  const has = (issues: readonly Issue[], code: Issue["code"]) =>
    issues.some((issue) => issue.path.length === 0 && issue.code === code);
  const meant = branches.filter((issues) => !has(issues, "invalid_type"));
  if (meant.length === 1) return meant[0];
  const knowing = meant.filter((issues) => !has(issues, "unrecognized_keys"));
  return knowing.length === 1 ? knowing[0] : undefined;
}

function error(path: readonly PropertyKey[], message: string, root: string): FieldError {
  const text = formatPath(path);
  return { path: text, message: `${text === "" ? root : text} ${message}` };
}

/** What zod tells while it parses; the fields it has depend on the code. */
interface RawIssue {
  readonly code: string;
  readonly input?: unknown;
  readonly expected?: string;
  readonly origin?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly values?: readonly unknown[];
}

/** What must be so, to stand behind the field's name. */
function sentenceOf(issue: RawIssue): string {
  if (issue.input === undefined) return "is missing: give it";
  switch (issue.code) {
    case "invalid_type":
      return `must be ${KINDS[issue.expected ?? ""] ?? issue.expected}`;
    case "invalid_value":
      return `must be one of ${(issue.values ?? []).map((value) => JSON.stringify(value)).join(", ")}`;
    case "too_small":
      return `must be at least ${issue.minimum}${UNITS[issue.origin ?? ""] ?? ""}`;
    case "too_big":
      return `must be at most ${issue.maximum}${UNITS[issue.origin ?? ""] ?? ""}`;
    case "invalid_union":
      return "fits none of the forms it can have: see /docs";
    default:
      return "does not fit: see /docs";
  }
}

const KINDS: Readonly<Record<string, string>> = {
  string: "a string",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  object: "an object",
  record: "an object",
  array: "a list",
};

const UNITS: Readonly<Record<string, string>> = { string: " characters long", array: " items long" };
