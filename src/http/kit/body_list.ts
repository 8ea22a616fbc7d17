import type { z } from "@hono/zod-openapi";
import type { FieldError } from "./problems.ts";
import { validate, type Validated } from "./validation.ts";

/** The long list that a body is, or contains. */
export interface BodyList {
  /** The field with the list; undefined if the body itself may be the list. */
  readonly field?: string;
  /** The most items. */
  readonly max: number;
}

/** Items that are validated at once: some milliseconds, also when every one is invalid. */
const ITEMS_AT_ONCE = 50;

/**
 * Validates a body with a long list in steps, so that other requests run in between. It ends at the first step with
 * errors, for validating thousands of invalid items takes longest.
 *
 * @param pause waits between two steps
 */
export async function validateInSteps(
  schema: z.ZodType,
  body: unknown,
  { field, max }: BodyList,
  pause: () => Promise<void>,
): Promise<Validated<unknown>> {
  const list = field === undefined ? body : (body as Readonly<Record<string, unknown>> | null)?.[field];
  if (!Array.isArray(list) || list.length <= ITEMS_AT_ONCE) return validate(schema, body, "the body");
  if (list.length > max) {
    const message = `${field ?? "the body"} must have at most ${max} items`;
    return { is_valid: false, errors: [{ path: field ?? "", message }] };
  }
  const values: unknown[] = [];
  for (let from = 0; from < list.length; from += ITEMS_AT_ONCE) {
    if (from > 0) await pause();
    const items = list.slice(from, from + ITEMS_AT_ONCE);
    const part = field === undefined ? items : { ...body as object, [field]: items };
    const result = validate<unknown>(schema, part, "the body");
    if (!result.is_valid) {
      return {
        is_valid: false,
        errors: result.errors.map((error) => moved(error, from)),
      };
    }
    const { value } = result;
    values.push(...(field === undefined ? value : (value as Record<string, unknown>)[field]) as unknown[]);
    if (from + ITEMS_AT_ONCE >= list.length) {
      return {
        is_valid: true,
        value: field === undefined ? values : { ...value as object, [field]: values },
      };
    }
  }
  throw new Error("a list has a last step");
}

/** Moves the first index in an error's path: the item's index in the whole list. */
function moved({ path, message }: FieldError, from: number): FieldError {
  const moved_path = path.replace(/\[(\d+)\]/, (_, index) => `[${Number(index) + from}]`);
  return { path: moved_path, message: message.replace(path, moved_path) };
}
