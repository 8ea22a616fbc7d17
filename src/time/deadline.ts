/**
 * Waits for work, but only so long.
 *
 * @throws {Error} when it takes longer; what goes on is then left to itself. Also whatever the work throws
 */
export async function withDeadline<T>(deadline_ms: number, work: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`not done after ${deadline_ms} ms`)), deadline_ms);
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
