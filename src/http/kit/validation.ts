import type { z } from "@hono/zod-openapi";
import { type FieldError, formatPath } from "./problems.ts";

/** The most errors in one problem: of a thousand invalid items the first few suffice. */
export const ERRORS_MAX = 20;

/** The validated value, or the errors by field. */
export type Validated<T> = { readonly is_valid: true; readonly value: T } | {
  readonly is_valid: false;
  readonly errors: readonly FieldError[];
};

/**
 * Validates a value against a schema.
 *
 * @param root the name of the whole value in a message
 */
export function validate<T>(schema: z.ZodType<T>, value: unknown, root: string): Validated<T> {
  const parsed = schema.safeParse(value, { error: (issue) => messageFor(issue as RawIssue) });
  if (parsed.success) return { is_valid: true, value: parsed.data };
  const errors = parsed.error.issues.flatMap((issue) => errorsOf(issue, [], root));
  // One error a field. When a value breaks several bounds, the last is the narrowest: the one the field itself declares.
  const by_field = new Map(errors.map((error) => [error.path, error]));
  return { is_valid: false, errors: [...by_field.values()].slice(0, ERRORS_MAX) };
}

type Issue = z.core.$ZodIssue;

function errorsOf(issue: Issue, above: readonly PropertyKey[], root: string): FieldError[] {
  const path = [...above, ...issue.path];
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => unknownField([...path, key]));
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
 * Finds the branch of a union that the client meant: the only one whose root has the right type or, of several, the
 * only one that knows every field.
 */
function nearestBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  const has = (issues: readonly Issue[], code: Issue["code"]) =>
    issues.some((issue) => issue.path.length === 0 && issue.code === code);
  const meant = branches.filter((issues) => !has(issues, "invalid_type"));
  if (meant.length === 1) return meant[0];
  const without_unknown_fields = meant.filter((issues) => !has(issues, "unrecognized_keys"));
  return without_unknown_fields.length === 1 ? without_unknown_fields[0] : undefined;
}

function error(path: readonly PropertyKey[], message: string, root: string): FieldError {
  const text = formatPath(path);
  return { path: text, message: `${text === "" ? root : text} ${message}` };
}

function unknownField(path: readonly PropertyKey[]): FieldError {
  const text = formatPath(path);
  return { path: text, message: `Unknown field \`${text}\`. Remove it.` };
}

/** An issue of zod during parsing. Its fields depend on the code. */
interface RawIssue {
  readonly code: string;
  readonly input?: unknown;
  readonly expected?: string;
  readonly origin?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly values?: readonly unknown[];
}

/** Returns the rest of a message, which begins with the field's name: `must be at least 1`. */
function messageFor(issue: RawIssue): string {
  if (issue.input === undefined) return "is required";
  switch (issue.code) {
    case "invalid_type":
      return `must be ${KINDS[issue.expected ?? ""] ?? issue.expected}`;
    case "invalid_value":
      return `must be one of ${(issue.values ?? []).map((value) => JSON.stringify(value)).join(", ")}`;
    case "too_small":
      return atLeast(issue);
    case "too_big":
      return atMost(issue);
    case "invalid_union":
      return "matches none of the allowed forms: see /docs";
    default:
      return "is invalid: see /docs";
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

function atLeast({ minimum, origin }: RawIssue): string {
  const unit = unitOf(origin, minimum);
  return unit === undefined ? `must be at least ${minimum}` : `must have at least ${minimum} ${unit}`;
}

function atMost({ maximum, origin }: RawIssue): string {
  const unit = unitOf(origin, maximum);
  return unit === undefined ? `must be at most ${maximum}` : `must have at most ${maximum} ${unit}`;
}

/** Returns the unit that a size is counted in; undefined for a number. */
function unitOf(origin: string | undefined, count: number | undefined): string | undefined {
  if (origin === "string") return count === 1 ? "character" : "characters";
  if (origin === "array") return count === 1 ? "item" : "items";
  return undefined;
}
