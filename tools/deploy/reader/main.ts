/**
 * Reads the texts of a Dockerfile, compose files and Kubernetes manifests from standard input as JSON, and writes their
 * content to standard output as JSON.
 */

import { DockerfileParser, type ModifiableInstruction } from "dockerfile-ast";
import { parse, parseAllDocuments } from "yaml";

const { dockerfile, composes, manifests } = await new Response(Deno.stdin.readable).json();

const content = {
  instructions: DockerfileParser.parse(dockerfile).getInstructions().map((instruction) => ({
    keyword: instruction.getKeyword(),
    flags: ((instruction as Partial<ModifiableInstruction>).getFlags?.() ?? []).map(String),
    // A line continuation is no part of the arguments.
    text: instruction.getRawArgumentsContent()?.replaceAll(/\\\n\s*/g, "") ?? "",
  })),
  // Compose takes YAML's merge keys.
  composes: composes.map((text: string) => parse(text, { merge: true })),
  resources: manifests.flatMap((text: string) =>
    parseAllDocuments(text).map((document) => {
      if (document.errors.length > 0) throw document.errors[0];
      return document.toJSON();
    })
  ),
};
await new Blob([JSON.stringify(content)]).stream().pipeTo(Deno.stdout.writable);
