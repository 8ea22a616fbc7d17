/** Generates the client's types from the service's OpenAPI document. */

import { TestService } from "../../tests/http/test_service.ts";
import { openApiDocument } from "../../src/http/kit/openapi.ts";
import { runTool } from "../command_line.ts";
import { generateTypes } from "./generator.ts";

const USAGE = `deno task client:types

Writes the types of every call of the OpenAPI document to client/openapi.ts.

  --help   print this text

Exit codes: 0 written; 1 the document cannot be read; 2 the command line does not fit.`;

/** The generated file. */
export const TYPES_FILE: URL = new URL("../../client/openapi.ts", import.meta.url);

const HEADER = "// Generated from the OpenAPI document by `deno task client:types`. Do not edit.\n\n";

/** The response that stands for all problems of an operation. */
const PROBLEM = {
  description: "A problem.",
  content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
};

if (import.meta.main) Deno.exit(await runTool({ usage: USAGE, options: {}, run }, Deno.args));

/** @returns the exit code */
async function run(): Promise<number> {
  await Deno.writeTextFile(TYPES_FILE, await clientTypes());
  return 0;
}

/** Returns the content of the generated file. */
export async function clientTypes(): Promise<string> {
  await using service = new TestService();
  const document: Document = JSON.parse(JSON.stringify(openApiDocument(service.app)));
  return HEADER + await generateTypes(withOneProblem(document));
}

/** The parts of an OpenAPI document that are read here. */
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

interface Operation {
  readonly responses: Readonly<Record<string, unknown>>;
}

/** Every problem has the same type, so one response stands for all of an operation: the file is half as long. */
function withOneProblem(document: Document): Document {
  return { ...document, paths: mapValues(document.paths, (methods) => mapValues(methods, withDefault)) };
}

function withDefault(operation: Operation): Operation {
  const successes = Object.entries(operation.responses).filter(([status]) => Number(status) < 400);
  return { ...operation, responses: { ...Object.fromEntries(successes), default: PROBLEM } };
}

function mapValues<From, To>(
  record: Readonly<Record<string, From>>,
  change: (value: From) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));
}
