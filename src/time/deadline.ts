/**
 * Waits for work at most until a deadline. The work is not cancelled.
 *
 * @throws {Error} when the deadline passes; otherwise the work's own error
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
