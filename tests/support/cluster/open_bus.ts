import { NatsBus } from "../../../src/nats/nats_bus.ts";

/** Opens a bus that is closed when disposed of. */
export async function openBus(
  url: string,
  prefix = "test",
  report: (error: unknown) => void = console.error,
): Promise<NatsBus & AsyncDisposable> {
  const bus = newBus(url, prefix, report);
  await bus.start();
  return Object.assign(bus, { [Symbol.asyncDispose]: () => bus.close() });
}

/** Returns a bus that is not started. */
export function newBus(
  url: string,
  prefix = "test",
  report: (error: unknown) => void = console.error,
): NatsBus {
  return new NatsBus({ url, prefix, onChange: () => {}, onRefused: report, report });
}
