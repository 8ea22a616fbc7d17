/**
 * Checks of responses and accepted bodies against the OpenAPI document: every response has a status, a media type and a
 * body that its call declares, every problem has a code of which its call shows an example, and the document allows every
 * accepted body.
 */

import assert from "node:assert/strict";
import { TrieRouter } from "hono/router/trie-router";
import { z } from "zod";
import { type DeclaredCalls, openApiDocument } from "../../src/http/kit/openapi.ts";
import { honoPath } from "../../src/http/kit/route.ts";

type Content = Readonly<Record<string, { readonly schema: Schema; readonly examples?: Examples }>>;
type Examples = Readonly<Record<string, { readonly value?: unknown }>>;
type Schema = Readonly<Record<string, unknown>>;

interface Operation {
  readonly name: string;
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>;
}

/** Makes an app check each response against its own document, so that every test checks conformance. */
export function withConformanceChecks<App extends DeclaredCalls>(app: App): App {
  const { hono } = app;
  const published = PublishedDocument.of(app);
  const { fetch, request } = hono;
  hono.fetch = async (requested, ...more) => {
    const response = await fetch(requested, ...more);
    await published.assertResponse(requested, response);
    return response;
  };
  hono.request = async (input, init, ...more) => {
    const response = await request(input, init, ...more);
    const body = init?.body;
    if (response.ok && (typeof body === "string" || body instanceof Uint8Array)) {
      const requested = input instanceof Request
        ? input
        : new Request(new URL(input, "http://localhost"), init);
      const text = await new Response(body as BodyInit).text();
      const is_text = requested.headers.get("content-type")?.startsWith("text/csv");
      published.assertAccepted(requested, is_text ? text : text === "" ? {} : JSON.parse(text));
    }
    return response;
  };
  return app;
}

/** The documents by the calls of their apps. */
const PUBLISHED = new Map<string, PublishedDocument>();

/** The OpenAPI document of an app, built at the first request. */
export class PublishedDocument {
  /**
   * Returns the document of an app. Apps with the same calls share it: to build it and its validators takes longer than
   * most tests.
   */
  static of(app: DeclaredCalls): PublishedDocument {
    const calls = app.declared.map(({ method, path }) => `${method} ${path}`).join();
    const known = PUBLISHED.get(calls);
    if (known !== undefined) return known;
    const published = new PublishedDocument(app);
    PUBLISHED.set(calls, published);
    return published;
  }

  readonly #app: DeclaredCalls;
  #operations: TrieRouter<Operation> | undefined;
  #definitions: Readonly<Record<string, Schema>> = {};
  readonly #calls: Operation[] = [];
  #problem: Schema | undefined;
  readonly #compiled = new Map<Schema, z.ZodType>();

  constructor(app: DeclaredCalls) {
    this.#app = app;
  }

  /**
   * Checks a response against its call. The bodies of streams and files are not read.
   *
   * @throws {AssertionError} when the document declares no such response
   */
  async assertResponse(request: Request, response: Response): Promise<void> {
    // A preflight is a matter of browsers and not a call.
    if (request.method === "OPTIONS" && response.status === 204) return;
    const operation = this.#operationOf(request);
    const name = `${response.status} of ${operation?.name ?? `${request.method}, which is undeclared`}`;
    const answers = operation === undefined ? NO_CALL : operation.responses;
    const declared = answers[response.status];
    assert.ok(declared !== undefined, `${name} is not declared`);
    const type = response.headers.get("content-type")?.split(";")[0];
    if (type === undefined) return assert.equal(declared.content, undefined, `${name} has no media type`);
    const content = declared.content ?? PROBLEM;
    assert.ok(type in content, `${name} is declared as ${Object.keys(content)}, and came as ${type}`);
    if (request.method === "HEAD" || !/[/+]json$/.test(type)) return;
    const schema = operation === undefined ? this.#problem! : content[type]!.schema;
    const body = await response.clone().json();
    this.#hold(schema, body, name);
    if (operation === undefined || type !== "application/problem+json") return;
    const codes = Object.keys(content[type]!.examples ?? {});
    assert.ok(codes.includes(body.code), `${name} has the code ${body.code}, and its examples only ${codes}`);
  }

  /**
   * Checks an accepted body against its call.
   *
   * @throws {AssertionError} when the document does not allow it
   */
  assertAccepted(request: Pick<Request, "method" | "url" | "headers">, body: unknown): void {
    // The body of an event in binary mode is a part of it: the rest are headers.
    if (request.headers.has("ce-id")) return;
    const operation = this.#operationOf(request);
    const content = operation?.requestBody?.content ?? {};
    const type = request.headers.get("content-type")?.split(";")[0] ?? "";
    const { schema } = content[type] ?? content["application/json"] ?? {};
    if (schema !== undefined) this.#hold(schema, body, `the body that ${operation!.name} accepted`);
  }

  /** Lists the calls with a body, by method and path. */
  callsWithBody(): string[] {
    this.#operations ??= this.#read();
    return this.#calls.filter(({ requestBody }) => requestBody !== undefined).map(({ name }) => name);
  }

  /** Adds null to a body for every absent optional field. */
  withNulls(request: Pick<Request, "method" | "url">, body: unknown): { name: string; body: unknown } {
    const { name, requestBody } = this.#operationOf(request)!;
    return { name, body: this.#withNulls(requestBody!.content["application/json"]!.schema, body) };
  }

  /** Holds every example against its schema. @returns how many there are */
  assertExamples(): number {
    this.#operations ??= this.#read();
    let examples = 0;
    for (const { name, requestBody, responses } of this.#calls) {
      const contents = [requestBody?.content, ...Object.values(responses).map(({ content }) => content)];
      for (
        const { schema, examples: shown = {} } of contents.flatMap((content) => Object.values(content ?? {}))
      ) {
        for (const [example, { value }] of Object.entries(shown)) {
          // The others are components.
          if (value === undefined) continue;
          this.#hold(schema, value, `the example ${example} of ${name}`);
          examples++;
        }
      }
    }
    return examples;
  }

  #withNulls(named: Schema, value: unknown): unknown {
    const schema = named.$ref === undefined
      ? named
      : this.#definitions[String(named.$ref).split("/").at(-1)!]!;
    if (Array.isArray(schema.anyOf)) {
      return schema.anyOf.reduce((filled, branch) => this.#withNulls(branch, filled), value);
    }
    if (Array.isArray(value) && schema.items !== undefined) {
      return value.map((item) => this.#withNulls(schema.items as Schema, item));
    }
    if (!isObject(value) || !isObject(schema.properties)) return value;
    const filled = { ...value };
    for (const [name, field] of Object.entries(schema.properties as Readonly<Record<string, Schema>>)) {
      if (name in value) filled[name] = this.#withNulls(field, value[name]);
      else if (!(schema.required as readonly string[] | undefined)?.includes(name)) filled[name] = null;
    }
    return filled;
  }

  #hold(schema: Schema, value: unknown, name: string): void {
    const fitted = this.#compile(schema).safeParse(value);
    if (!fitted.success) {
      assert.fail(`${name} is not as declared: ${z.prettifyError(fitted.error)}\n${JSON.stringify(value)}`);
    }
  }

  #compile(schema: Schema): z.ZodType {
    const known = this.#compiled.get(schema);
    if (known !== undefined) return known;
    const whole = { ...schema, $defs: this.#definitions } as Parameters<typeof z.fromJSONSchema>[0];
    const made = z.fromJSONSchema(whole, { registry: z.registry() });
    this.#compiled.set(schema, made);
    return made;
  }

  #operationOf({ method, url }: Pick<Request, "method" | "url">): Operation | undefined {
    this.#operations ??= this.#read();
    const [matched] = this.#operations.match(method === "HEAD" ? "GET" : method, new URL(url).pathname);
    return matched[0]?.[0];
  }

  #read(): TrieRouter<Operation> {
    const made = openApiDocument(this.#app);
    const document = JSON.parse(
      JSON.stringify(made, withoutFormats).replaceAll("#/components/schemas/", "#/$defs/"),
    );
    this.#definitions = document.components.schemas;
    this.#problem = document.components.schemas.Problem;
    const router = new TrieRouter<Operation>();
    for (const [path, methods] of Object.entries<Record<string, Operation>>(document.paths)) {
      for (const [method, operation] of Object.entries(methods)) {
        const call = { ...operation, name: `${method} ${path}` };
        this.#calls.push(call);
        router.add(method.toUpperCase(), honoPath(path), call);
      }
    }
    return router;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Drops formats: they are notes for readers, and the validator accepts fewer forms of an instant. */
function withoutFormats(key: string, value: unknown): unknown {
  return key === "format" && typeof value === "string" ? undefined : value;
}

const PROBLEM: Content = { "application/problem+json": { schema: {} } };
/** The response to an undeclared request: a problem, or its page in a browser. */
const NO_CALL_CONTENT: Content = { ...PROBLEM, "text/html": { schema: {} } };
const NO_CALL: Operation["responses"] = {
  404: { content: NO_CALL_CONTENT },
  405: { content: NO_CALL_CONTENT },
};
