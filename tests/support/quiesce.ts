/** Waits for one timer turn: all pending microtasks run. */
export function quiesce(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

/** Whether a promise is settled once all pending microtasks have run. */
export async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  void promise.then(() => settled = true);
  await quiesce();
  return settled;
}
