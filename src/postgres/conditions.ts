/** A condition in SQL with a `?` for each of its values; it holds only what is asked for when all are given. */
export type Condition = readonly [text: string, ...values: unknown[]];

/**
 * Joins those conditions whose values are all given.
 *
 * @param values takes the values, in order, after those it has
 */
export function joinConditions(all: readonly Condition[], values: unknown[]): string {
  const given = all.filter(([, ...of_it]) => of_it.every((value) => value !== undefined));
  const texts = given.map(([text, ...of_it]) => {
    let next = 0;
    return text.replaceAll("?", () => `$${values.push(of_it[next++])}`);
  });
  return texts.join(" and ");
}
