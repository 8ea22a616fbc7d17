/** Who is who: names that were ever seen together, or follow each other, are one person. */
export class People {
  readonly #same = new Map<string, string>();

  merge(names: readonly string[]): void {
    const [first, ...others] = names;
    for (const other of others) this.#same.set(this.idOf(other), this.idOf(first!));
  }

  idOf(name: string): string {
    const same = this.#same.get(name);
    return same === undefined || same === name ? name : this.idOf(same);
  }
}
