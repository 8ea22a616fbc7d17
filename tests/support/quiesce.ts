/** Lets everything go on that waits for nothing from outside. */
export function quiesce(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

/** Whether a promise is settled once everything that can go on has. */
export async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  void promise.then(() => settled = true);
  await quiesce();
  return settled;
}
