/** Compares what a command printed with what its document shows. `…` stands for any text. */

/**
 * Returns the first place where the printed JSON is not the shown one; undefined if it fits. An object may print more
 * fields than the document shows. A list has as many items as are shown.
 */
export function jsonDifference(shown: unknown, printed: unknown, path = "answer"): string | undefined {
  if (typeof shown === "string" && typeof printed === "string" && patternOf(shown).test(printed)) {
    return undefined;
  }
  if (typeof shown !== "object" || shown === null || typeof printed !== "object" || printed === null) {
    return Object.is(shown, printed)
      ? undefined
      : `${path} is ${JSON.stringify(printed)}, and not ${JSON.stringify(shown)}`;
  }
  if (Array.isArray(shown) && (!Array.isArray(printed) || shown.length !== printed.length)) {
    return `${path} is ${JSON.stringify(printed)}, and not a list of ${shown.length}`;
  }
  const fields = printed as Readonly<Record<string, unknown>>;
  for (const [name, value] of Object.entries(shown)) {
    const difference = jsonDifference(value, fields[name], `${path}.${name}`);
    if (difference !== undefined) return difference;
  }
  return undefined;
}

/** Returns the first shown line that the printed text lacks; undefined if it has all of them, in their order. */
export function textDifference(shown: string, printed: string): string | undefined {
  const lines = printed.split(/\r?\n/);
  let at = 0;
  for (const line of shown.split("\n").filter((line) => line.trim() !== "")) {
    const found = lines.findIndex((printed_line, index) => index >= at && patternOf(line).test(printed_line));
    if (found === -1) return `no line "${line}"`;
    at = found + 1;
  }
  return undefined;
}

function patternOf(shown: string): RegExp {
  const parts = shown.split("…").map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`, "s");
}
