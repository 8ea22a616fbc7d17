/** The ratios that were measured with the last release, and the comparison with them. */

import type { Case } from "./cases.ts";
import type { Measurement } from "./measure.ts";
import { median, ORDER, OURS, rateIn } from "./report.ts";
import type { ContenderName } from "./servers.ts";

/** By case and reference, how many times its rate the service reached. */
export type Ratios = Readonly<Record<string, Partial<Readonly<Record<ContenderName, number>>>>>;

/** A ratio below this share of the released one counts as slower. It is wide, because runs on a shared machine differ. */
const TOLERATED_SHARE = 0.7;

const FILE = new URL("./released_ratios.json", import.meta.url);

/** Returns the medians of the ratios within each round. Other services are no references. */
export function ratiosIn(measured: Case, rounds: readonly (readonly Measurement[])[]): Ratios {
  const references = ORDER.filter((name) =>
    ![OURS, "other checkout", "small store", "on Citus"].includes(name) &&
    rounds[0]?.some(({ contender }) => contender === name)
  );
  const ratioTo = (name: ContenderName) =>
    median(rounds.map((round) => rateIn(round, OURS) / rateIn(round, name)));
  return {
    [measured.name]: Object.fromEntries(
      references.map((name) => [name, Number(ratioTo(name).toPrecision(3))]),
    ),
  };
}

/** Reads the ratios of the last release. */
export async function releasedRatios(): Promise<Ratios> {
  return JSON.parse(await Deno.readTextFile(FILE));
}

/** Writes the ratios of a release. Cases that were not measured keep theirs. */
export async function recordRatios(measured: Ratios): Promise<void> {
  const kept = await releasedRatios().catch(() => ({}));
  await Deno.writeTextFile(FILE, `${JSON.stringify({ ...kept, ...measured }, null, 2)}\n`);
}

/** Returns a line for each ratio that is below the tolerated share of the released one, or has none to compare with. */
export function slowerThan(released: Ratios, measured: Ratios): string[] {
  return Object.entries(measured).flatMap(([name, ratios]) =>
    Object.entries(ratios).flatMap(([reference, ratio]) => {
      const before = released[name]?.[reference as ContenderName];
      if (before === undefined) return [`${name}: no released ratio to ${reference}; run with --record`];
      if (ratio >= before * TOLERATED_SHARE) return [];
      return [`${name}: ${ratio} times ${reference}, below ${TOLERATED_SHARE} of the released ${before}`];
    })
  );
}
