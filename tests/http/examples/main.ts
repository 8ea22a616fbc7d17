/** Records the examples of the OpenAPI document. */

import { fileURLToPath } from "node:url";
import { RecordedService } from "./recorded_service.ts";
import { playStory } from "./story.ts";

/** The file of the recorded examples. */
export const EXAMPLES_PATH = fileURLToPath(
  new URL("../../../src/http/examples/answers.json", import.meta.url),
);

/** Records the examples. @returns the content of the file */
export async function recordExamples(): Promise<string> {
  await using service = new RecordedService();
  const recorder = await playStory(service);
  return `${JSON.stringify(recorder.calls, null, 2)}\n`;
}

if (import.meta.main) await Deno.writeTextFile(EXAMPLES_PATH, await recordExamples());
