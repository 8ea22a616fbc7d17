/** A server-sent event. */
export interface ServerSentEvent {
  /** The type. `message` if the stream names none. */
  readonly event: string;
  readonly data: string;
}

/**
 * Parses server-sent events (WHATWG HTML, 9.2.6) from text in any pieces. Ids are not read: a balance has its version.
 *
 * @example
 * ```ts
 * const parser = new EventStreamParser();
 * for (const event of parser.push("data: 1\n\n")) console.log(event.data);
 * ```
 */
export class EventStreamParser {
  /** The reconnection time that the stream asks for. Undefined without one. */
  retry_ms: number | undefined;
  #rest = "";
  #event = "";
  #data: string[] = [];

  /** Takes the next piece of the stream. Returns the events that are complete with it. */
  push(text: string): ServerSentEvent[] {
    // A carriage return at the end may be half of a line end.
    const lines = (this.#rest + text).split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop()!;
    return lines.flatMap((line) => this.#take(line) ?? []);
  }

  #take(line: string): ServerSentEvent | undefined {
    if (line === "") return this.#dispatch();
    const colon = line.indexOf(":");
    const name = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (name === "event") this.#event = value;
    else if (name === "data") this.#data.push(value);
    else if (name === "retry" && /^\d+$/.test(value)) this.retry_ms = Number(value);
  }

  #dispatch(): ServerSentEvent | undefined {
    const event = { event: this.#event || "message", data: this.#data.join("\n") };
    const is_empty = this.#data.length === 0;
    this.#event = "";
    this.#data = [];
    return is_empty ? undefined : event;
  }
}
