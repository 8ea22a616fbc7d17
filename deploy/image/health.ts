/** The health check of the image. Exit code 0: the service answers; 1: it does not. */

const ANSWER_DEADLINE_MS = 3_000;

const url = `http://127.0.0.1:${Deno.env.get("PORT") || "8000"}/healthz`;
try {
  const { status } = await fetch(url, { signal: AbortSignal.timeout(ANSWER_DEADLINE_MS) });
  if (status !== 200) throw new Error(`status ${status}`);
  Deno.exit(0);
} catch (error) {
  console.error(`${url}: ${(error as Error).message}`);
  Deno.exit(1);
}
