/**
 * Returns the known text that a mistyped one most likely means: the one with the fewest edits, if they are at most a
 * third of its characters.
 *
 * @returns undefined when no known text is that near
 */
export function closestTo<Known extends string>(text: string, known: Iterable<Known>): Known | undefined {
  let closest: Known | undefined;
  let fewest = Infinity;
  for (const candidate of known) {
    const edits = editsBetween(text.toLowerCase(), candidate.toLowerCase());
    if (edits < fewest && 3 * edits <= candidate.length) [closest, fewest] = [candidate, edits];
  }
  return closest;
}

/** Counts the characters to insert, delete or replace to get from one text to the other (Levenshtein). */
function editsBetween(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, i) => i);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const replaced = row[j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row.at(-1)!;
}
