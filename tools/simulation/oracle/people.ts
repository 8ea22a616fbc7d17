/** Groups identifiers into people: identifiers seen together are one person. */
export class People {
  readonly #merged_into = new Map<string, string>();

  /** Declares identifiers to be one person. */
  merge(identifiers: readonly string[]): void {
    const [first, ...others] = identifiers;
    for (const other of others) this.#merged_into.set(this.idOf(other), this.idOf(first!));
  }

  /** Returns the representative of an identifier's person. */
  idOf(identifier: string): string {
    const merged_into = this.#merged_into.get(identifier);
    return merged_into === undefined || merged_into === identifier ? identifier : this.idOf(merged_into);
  }
}
