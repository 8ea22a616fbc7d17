/**
 * What the OpenAPI document promises, held against what goes over the wire: every answer has a status, a media type
 * and a body that its call declares, and a body that was accepted is one that the document allows.
 */

import assert from "node:assert/strict";
import type { OpenAPIHono } from "@hono/zod-openapi";
import { TrieRouter } from "hono/router/trie-router";
import { z } from "zod";
import { openApiDocument } from "../../src/http/kit/openapi.ts";
import { honoPath } from "../../src/http/kit/route.ts";

type Content = Readonly<Record<string, { readonly schema: Schema }>>;
type Schema = Readonly<Record<string, unknown>>;

interface Operation {
  readonly name: string;
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>;
}

/** An app each of whose answers is held against its own document: a test that asks anything tests that as well. */
export function withConformanceChecks<App extends { readonly hono: OpenAPIHono }>(app: App): App {
  const { hono } = app;
  const published = new PublishedDocument(hono);
  const { fetch, request } = hono;
  hono.fetch = async (asked, ...more) => {
    const response = await fetch(asked, ...more);
    await published.assertResponse(asked, response);
    return response;
  };
  hono.request = async (input, init, ...more) => {
    const response = await request(input, init, ...more);
    const body = init?.body;
    if (response.ok && (typeof body === "string" || body instanceof Uint8Array)) {
      const asked = input instanceof Request ? input : new Request(new URL(input, "http://localhost"), init);
      published.assertAccepted(asked, await new Response(body).json());
    }
    return response;
  };
  return app;
}

/** The document of an app, made when the app is first asked. */
export class PublishedDocument {
  readonly #hono: OpenAPIHono;
  #operations: TrieRouter<Operation> | undefined;
  #definitions: Readonly<Record<string, Schema>> = {};
  readonly #calls: Operation[] = [];
  #problem: Schema | undefined;
  readonly #compiled = new Map<Schema, z.ZodType>();

  constructor(hono: OpenAPIHono) {
    this.#hono = hono;
  }

  /**
   * Holds an answer against its call. What flows is not read: streams, and lists as files.
   *
   * @throws {AssertionError} when the document does not tell of such an answer
   */
  async assertResponse(request: Request, response: Response): Promise<void> {
    const operation = this.#operationOf(request);
    const name = `${response.status} of ${operation?.name ?? `${request.method}, which is no call`}`;
    const answers = operation === undefined ? NO_CALL : operation.responses;
    const declared = answers[response.status];
    assert.ok(declared !== undefined, `${name} is not declared`);
    const type = response.headers.get("content-type")?.split(";")[0];
    if (type === undefined) return assert.equal(declared.content, undefined, `${name} has no media type`);
    const content = declared.content ?? PROBLEM;
    assert.ok(type in content, `${name} is declared as ${Object.keys(content)}, and came as ${type}`);
    if (request.method === "HEAD" || !/[/+]json$/.test(type)) return;
    const schema = operation === undefined ? this.#problem! : content[type]!.schema;
    this.#hold(schema, await response.clone().json(), name);
  }

  /**
   * Holds a body against its call, when it was accepted.
   *
   * @throws {AssertionError} when the document does not allow it
   */
  assertAccepted(request: Pick<Request, "method" | "url">, body: unknown): void {
    const operation = this.#operationOf(request);
    const schema = operation?.requestBody?.content["application/json"]?.schema;
    if (schema !== undefined) this.#hold(schema, body, `what ${operation!.name} accepted`);
  }

  /** The calls that take a body, by method and path. */
  callsWithBody(): string[] {
    this.#operations ??= this.#read();
    return this.#calls.filter(({ requestBody }) => requestBody !== undefined).map(({ name }) => name);
  }

  /** A body for a call, with null for whatever the document lets it leave out. */
  withNulls(request: Pick<Request, "method" | "url">, body: unknown): { name: string; body: unknown } {
    const { name, requestBody } = this.#operationOf(request)!;
    return { name, body: this.#withNulls(requestBody!.content["application/json"]!.schema, body) };
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
    const made = openApiDocument(this.#hono);
    const document = JSON.parse(
      JSON.stringify(made, readably).replaceAll("#/components/schemas/", "#/$defs/"),
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

/** A format is a note for readers, and an instant may be written in more ways than the validator's. */
function readably(key: string, value: unknown): unknown {
  return key === "format" && typeof value === "string" ? undefined : value;
}

const PROBLEM: Content = { "application/problem+json": { schema: {} } };
/** What is heard where there is no call. */
const NO_CALL: Operation["responses"] = { 404: { content: PROBLEM }, 405: { content: PROBLEM } };
