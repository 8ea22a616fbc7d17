import { join } from "node:path";

/**
 * Returns when the demo started first on a data folder, in Unix seconds. The first call stores the current time there:
 * later starts continue the same story.
 */
export async function firstStart(data_dir: string, now_s: number): Promise<number> {
  const path = join(data_dir, "demo.json");
  try {
    return JSON.parse(await Deno.readTextFile(path)).first_started_s;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  await Deno.mkdir(data_dir, { recursive: true });
  await Deno.writeTextFile(path, `${JSON.stringify({ first_started_s: now_s })}\n`);
  return now_s;
}
