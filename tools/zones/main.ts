/** `deno task zones`: compares the runtime's zone data with the newest published on npm. */

import { runTool, USAGE_ERROR } from "../command_line.ts";
import { differingZones, formatOffset, type ZoneDifference } from "./compare.ts";
import { type PackedZoneData, unpackZones } from "./packed.ts";
import { runtimeZoneDataVersion } from "../../src/observability/zone_rules.ts";

const USAGE = `deno task zones

  --help        print this text

Compares the runtime's zone data with the newest of the npm package moment-timezone, for the coming year. For each
zone that differs, prints the first differing instant and both offsets.
Exit codes: 0 no zone differs; 1 a zone differs; 2 the command line does not fit, or the package cannot be read.`;

/** Resolved when the tool runs, so that it is the newest version: the task reloads it and uses no lock file. */
const PACKAGE = "npm:moment-timezone@latest/data/packed/latest.json";

async function run(): Promise<number> {
  let published: PackedZoneData;
  try {
    published = (await import(PACKAGE, { with: { type: "json" } })).default;
  } catch (error) {
    console.error(
      `${PACKAGE} cannot be read: ${(error as Error).message}. Check the network, and run it again.`,
    );
    return USAGE_ERROR;
  }
  const now = Temporal.Now.instant();
  const in_a_year = now.add({ hours: 365 * 24 });
  const zones = unpackZones(published);
  const differences = differingZones(zones, now.epochMilliseconds, in_a_year.epochMilliseconds);
  for (const difference of differences) console.log(formatDifference(difference));
  const versions = `the runtime's data (${runtimeZoneDataVersion()}) and the published ${published.version}`;
  const count = differences.length === 1 ? "1 zone differs" : `${differences.length} zones differ`;
  console.log(`${count} of ${zones.length} between ${versions}, until ${in_a_year.toString().slice(0, 10)}.`);
  return differences.length === 0 ? 0 : 1;
}

function formatDifference({ zone, at_ms, runtime_minutes, published_minutes }: ZoneDifference): string {
  const at = Temporal.Instant.fromEpochMilliseconds(at_ms).toString({ smallestUnit: "second" });
  const runtime = runtime_minutes === undefined ? "unknown" : formatOffset(runtime_minutes);
  return `${zone}: from ${at}: runtime ${runtime}, published ${formatOffset(published_minutes)}`;
}

if (import.meta.main) Deno.exitCode = await runTool({ usage: USAGE, options: {}, run }, Deno.args);
