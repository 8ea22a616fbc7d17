/** Every variant of every call, generated from the OpenAPI document, so that no route is left out. */

import type { TestService } from "./test_service.ts";

/** A call of the document. */
export interface Operation {
  /** `get /v1/companies/{company}/balance`. */
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly produces: readonly string[];
  /** The names of its query's fields. */
  readonly query: readonly string[];
}

/** Who owns a resource, from the view of a caller of the company `acme`. */
export type Ownership = "own" | "foreign" | "missing";

/** One variant of a call. */
export interface RequestVariant {
  readonly operation: Operation;
  /** The owner of the company in the path or the query. */
  readonly company: Ownership | undefined;
  /** The owner of the other id in the path. */
  readonly id: Ownership | undefined;
  readonly accept: string;
}

interface Documented {
  readonly security: Operation["security"];
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, unknown>> }>>;
}

const OWNERSHIPS: readonly Ownership[] = ["own", "foreign", "missing"];

/** Returns every call of the OpenAPI document. */
export async function operationsOf(service: TestService): Promise<Operation[]> {
  const document = await (await service.app.hono.request("/openapi.json")).json();
  const paths: Readonly<Record<string, Readonly<Record<string, Documented>>>> = document.paths;
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, documented]) => {
      const { security, parameters = [], responses } = documented;
      const content = Object.entries(responses).filter(([status]) => status < "300")
        .flatMap(([, response]) => Object.keys(response.content ?? {}));
      return {
        name: `${method} ${path}`,
        method: method.toUpperCase(),
        path,
        security,
        produces: content.length === 0 ? ["*/*"] : content,
        query: parameters.filter((parameter) => parameter.in === "query").map(({ name }) => name),
      };
    })
  );
}

/** Returns every variant of a call: companies, ids and media types. */
export function requestVariants(operation: Operation): RequestVariant[] {
  const { path, query, produces } = operation;
  const companies = path.includes("{company}")
    ? OWNERSHIPS
    : query.includes("company")
    ? [undefined, ...OWNERSHIPS]
    : [undefined];
  const ids = /\{(?!company)\w+\}/.test(path) ? OWNERSHIPS : [undefined];
  return companies.flatMap((company) =>
    ids.flatMap((id) => produces.map((accept) => ({ operation, company, id, accept })))
  );
}
