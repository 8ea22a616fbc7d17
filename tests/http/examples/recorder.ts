/** Records requests to the service, and its answers, as examples of the OpenAPI document. */

import { EXAMPLE_REQUEST_ID } from "../../../src/http/kit/examples.ts";
import type { RecordedAnswer, RecordedCall } from "../../../src/http/kit/examples.ts";
import { ADMIN_KEY, TestService } from "../test_service.ts";

/** A request of a call. */
export interface ExampleRequest {
  readonly path?: Readonly<Record<string, string>>;
  /** A list repeats the parameter. */
  readonly query?: Readonly<Record<string, string | readonly string[]>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON, or the bytes to send; with a header of `text/csv` a text. */
  readonly body?: unknown;
  /** Keeps no content of the answer, which changes with every build. */
  readonly is_built?: true;
  /** Sends no key. */
  readonly anonymous?: true;
}

/** Headers that the document declares. */
const HEADERS = ["etag", "location", "retry-after"];

/** The longest text of an example that is no JSON: a file with a few rows, or the beginning of a page. */
const TEXT_LENGTH_MAX = 600;
const PAGE_LENGTH_MAX = 160;

const JSON_TYPE = "application/json";

/** What stands for the content of a built file. It is valid CSS and JavaScript. */
const BUILT = "/* A built file. */";

/** Sends requests and records them with their answers. */
export class Recorder {
  service: TestService;
  readonly #calls = new Map<string, { request: RecordedCall["request"]; answers: RecordedAnswer[] }>();
  /** Texts that differ between runs, each with the text that stands for it. */
  readonly #placeholders = new Map<string, string>([[ADMIN_KEY, "ADMIN_KEY"]]);

  constructor(service: TestService) {
    this.service = service;
  }

  /** The recorded calls, in the order of the document. */
  get calls(): Record<string, RecordedCall> {
    const declared = this.service.app.declared.map(({ operation_id }) => operation_id);
    const ids = new Set([...declared.filter((id) => this.#calls.has(id)), ...this.#calls.keys()]);
    const in_order = [...ids].map((id) => [id, this.#calls.get(id)!]);
    let text = JSON.stringify(Object.fromEntries(in_order));
    for (const [actual, placeholder] of this.#placeholders) text = text.replaceAll(actual, placeholder);
    return JSON.parse(text);
  }

  /** Names a text that differs between runs, such as a key. */
  replace(actual: string, placeholder: string): void {
    this.#placeholders.set(actual, placeholder);
  }

  /**
   * Sends a request and records it. The first request of a call is the one the document shows.
   *
   * @param name the name of the example; a problem is named by its code
   * @returns the JSON of the answer
   */
  // deno-lint-ignore no-explicit-any
  async send(operation_id: string, sent: ExampleRequest = {}, name = "example"): Promise<any> {
    const call = this.service.app.declared.find((call) => call.operation_id === operation_id);
    if (call === undefined) throw new Error(`no call is named ${operation_id}`);
    const { path = {}, query = {}, headers = {}, body, anonymous, is_built } = sent;
    const url = call.path.replaceAll(/\{(\w+)\}/g, (_, field) => encodeURIComponent(path[field]!));
    const response = await this.service.app.hono.request(`${url}${queryOf(query)}`, {
      method: call.method.toUpperCase(),
      headers: { ...(anonymous ? {} : { authorization: `Bearer ${ADMIN_KEY}` }), ...headers },
      ...(body === undefined
        ? {}
        : { body: body instanceof Uint8Array ? new Uint8Array(body) : bytesOf(body, headers) }),
    });
    const read = await readAnswer(response, name);
    const answer = is_built ? { ...read, body: BUILT } : read;
    const json = body instanceof Uint8Array ? JSON.parse(new TextDecoder().decode(body)) : body;
    const recorded = this.#calls.get(operation_id);
    if (recorded === undefined) {
      const request = {
        path,
        query: query as Record<string, string>,
        headers,
        ...(json === undefined ? {} : { body: json }),
      };
      this.#calls.set(operation_id, { request, answers: [answer] });
    } else {
      // The body of an event in binary mode is nothing without its headers.
      const is_other = json !== undefined && response.ok && !("ce-id" in headers) &&
        JSON.stringify(json) !== JSON.stringify(recorded.request.body);
      const type = headers["content-type"] ?? JSON_TYPE;
      const request_type = type === JSON_TYPE ? {} : { request_type: type };
      recorded.answers.push(is_other ? { ...answer, request_body: json, ...request_type } : answer);
    }
    return answer.body;
  }

  /** Records a request that the service itself sends, and that is answered 200 without a body. */
  recordSent(operation_id: string, name: string, request_body: unknown): void {
    const answer = { name, status: 200, headers: {}, request_body };
    const recorded = this.#calls.get(operation_id);
    if (recorded !== undefined) return void recorded.answers.push(answer);
    const request = { path: {}, query: {}, headers: {}, body: request_body };
    this.#calls.set(operation_id, { request, answers: [answer] });
  }

  /** Sends the requests of a step to another service. */
  async during(service: TestService, step: () => Promise<unknown>): Promise<void> {
    const usual = this.service;
    this.service = service;
    try {
      await step();
    } finally {
      this.service = usual;
    }
  }

  /** Sends a request that is refused, and records the problem. @throws {Error} when it is answered otherwise */
  async refuse(operation_id: string, code: string, request: ExampleRequest): Promise<void> {
    const problem = await this.send(operation_id, request);
    if (problem?.code !== code) {
      throw new Error(`${operation_id} answered ${JSON.stringify(problem)}, not ${code}`);
    }
  }
}

function bytesOf(body: unknown, headers: Readonly<Record<string, string>>): Uint8Array<ArrayBuffer> {
  const is_text = headers["content-type"] === "text/csv";
  return new TextEncoder().encode(is_text ? String(body) : JSON.stringify(body));
}

function queryOf(query: NonNullable<ExampleRequest["query"]>): string {
  const fields = Object.entries(query).flatMap(([name, value]) => [value].flat().map((text) => [name, text]));
  const text = new URLSearchParams(fields).toString();
  return text === "" ? "" : `?${text}`;
}

async function readAnswer(response: Response, name: string): Promise<RecordedAnswer> {
  const { status } = response;
  const type = response.headers.get("content-type")?.split(";")[0];
  const headers = Object.fromEntries(HEADERS.flatMap((header) => {
    const value = response.headers.get(header);
    return value === null ? [] : [[header, value]];
  }));
  if (type === undefined) return { name, status, headers };
  if (type === "text/event-stream") return { name, status, type, headers, body: await firstEvent(response) };
  const text = await response.text();
  if (!/[/+]json$/.test(type)) {
    return {
      name,
      status,
      type,
      headers,
      body: beginningOf(text, /html|css|javascript/.test(type) ? PAGE_LENGTH_MAX : TEXT_LENGTH_MAX),
    };
  }
  const body = shortened(JSON.parse(text));
  if (type !== "application/problem+json") return { name, status, type, headers, body };
  return {
    name: String(body.code),
    status,
    type,
    headers,
    body: { ...body, request_id: EXAMPLE_REQUEST_ID },
  };
}

/** Returns the first lines of a text. Files and pages are long, and an example need not be. */
function beginningOf(text: string, length_max: number): string {
  if (text.length <= length_max) return text;
  const beginning = text.slice(0, length_max);
  const end = beginning.lastIndexOf("\n");
  return end > 0 ? beginning.slice(0, end + 1) : beginning;
}

/** The markets of a rate card in an example. */
const RATES_MAX = 3;

/** Leaves the calls out of an OpenAPI document, and most markets out of a rate card. */
function shortened(body: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  if (Array.isArray(body?.rates)) return { ...body, rates: body.rates.slice(0, RATES_MAX) };
  if (body?.openapi === undefined) return body;
  return { openapi: body.openapi, info: body.info, servers: body.servers, paths: {} };
}

async function firstEvent(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  const reader = response.body!.getReader();
  let text = "";
  while (!/^data:.*\n\n/m.test(text)) {
    const { value, done } = await reader.read();
    if (done) break;
    text += decoder.decode(value, { stream: true });
  }
  await reader.cancel();
  return text;
}
