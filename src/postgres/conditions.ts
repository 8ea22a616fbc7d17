/** An SQL condition with a `?` for each value. It is left out when a value is undefined. */
export type Condition = readonly [text: string, ...values: unknown[]];

/**
 * Joins the conditions whose values are all defined with `and`.
 *
 * @param values the statement's parameters; the values are appended in order
 */
export function joinConditions(all: readonly Condition[], values: unknown[]): string {
  const given = all.filter(([, ...of_it]) => of_it.every((value) => value !== undefined));
  const texts = given.map(([text, ...of_it]) => {
    let next = 0;
    return text.replaceAll("?", () => `$${values.push(of_it[next++])}`);
  });
  return texts.join(" and ");
}
