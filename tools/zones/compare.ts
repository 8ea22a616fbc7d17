import type { ZoneOffsets } from "./packed.ts";
import { isTimeZone } from "../../src/domain/zone_data.ts";

/** A zone whose rules differ. */
export interface ZoneDifference {
  readonly zone: string;
  /** The first instant with another offset. */
  readonly at_ms: number;
  /** The offset of the runtime, in minutes east of UTC; undefined when the runtime does not know the zone. */
  readonly runtime_minutes: number | undefined;
  readonly published_minutes: number;
}

/** Lists the zones whose offset differs between the runtime and the published data in a period, by name. */
export function differingZones(
  published: readonly ZoneOffsets[],
  from_ms: number,
  to_ms: number,
): ZoneDifference[] {
  return published.map((zone) => firstDifference(zone, from_ms, to_ms))
    .filter((difference) => difference !== undefined)
    .sort((a, b) => a.zone < b.zone ? -1 : 1);
}

function firstDifference(published: ZoneOffsets, from_ms: number, to_ms: number): ZoneDifference | undefined {
  const { name: zone } = published;
  if (!isTimeZone(zone)) {
    const published_minutes = publishedOffset(published, from_ms);
    return { zone, at_ms: from_ms, runtime_minutes: undefined, published_minutes };
  }
  const transitions = [
    ...published.offsets.map(({ until_ms }) => until_ms).filter((at_ms) => at_ms > from_ms && at_ms < to_ms),
    ...runtimeTransitions(zone, from_ms, to_ms),
  ];
  for (const at_ms of [from_ms, ...transitions.sort((a, b) => a - b)]) {
    const runtime_minutes = runtimeOffset(zone, at_ms);
    const published_minutes = publishedOffset(published, at_ms);
    if (runtime_minutes !== published_minutes) return { zone, at_ms, runtime_minutes, published_minutes };
  }
  return undefined;
}

function publishedOffset({ offsets }: ZoneOffsets, at_ms: number): number {
  return offsets.find(({ until_ms }) => at_ms < until_ms)!.offset_minutes;
}

function runtimeOffset(zone: string, at_ms: number): number {
  return Temporal.Instant.fromEpochMilliseconds(at_ms).toZonedDateTimeISO(zone).offsetNanoseconds / 60e9;
}

function* runtimeTransitions(zone: string, from_ms: number, to_ms: number): Generator<number> {
  let at = Temporal.Instant.fromEpochMilliseconds(from_ms).toZonedDateTimeISO(zone);
  while (true) {
    const next = at.getTimeZoneTransition("next");
    if (next === null || next.epochMilliseconds >= to_ms) return;
    yield next.epochMilliseconds;
    at = next;
  }
}

/** Formats an offset: `-08:00`. */
export function formatOffset(minutes: number): string {
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  return `${minutes < 0 ? "-" : "+"}${`${hours}`.padStart(2, "0")}:${`${rest}`.padStart(2, "0")}`;
}
