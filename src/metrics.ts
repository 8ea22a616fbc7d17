import { Gauge, Registry } from "prom-client";

/** What is measured of the house beside its requests, read when it is asked for. */
export interface Gauges {
  /** A metric's name and what it says, to how it is read. */
  readonly [name: string]: { readonly help: string; readonly read: () => number };
}

/** A registry with gauges that are read at each scrape. */
export function registryOf(gauges: Gauges): Registry {
  const registry = new Registry();
  for (const [name, { help, read }] of Object.entries(gauges)) {
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(read());
      },
    });
  }
  return registry;
}
