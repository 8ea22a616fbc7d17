/** An SQL condition with a `?` for each value. It is left out when a value is undefined. */
export type Condition = readonly [text: string, ...values: unknown[]];

/**
 * Joins the conditions whose values are all defined with `and`.
 *
 * @param values the statement's parameters; the values are appended in order
 */
export function joinConditions(conditions: readonly Condition[], values: unknown[]): string {
  const active = conditions.filter(([, ...parameters]) => parameters.every((value) => value !== undefined));
  const texts = active.map(([text, ...parameters]) => {
    let next = 0;
    return text.replaceAll("?", () => `$${values.push(parameters[next++])}`);
  });
  return texts.join(" and ");
}
