import type { WhatsAppEvent } from "./events.ts";

/** The events of one webhook, the counts of its ignored parts, and the pricing categories it has that are unknown. */
export interface WebhookReading {
  /** In the order of the payload. */
  readonly events: WhatsAppEvent[];
  /**
   * Counts of ignored parts, by name: a webhook field (`flows`), `status:` with a status, `message_echoes`, `errors`,
   * `empty`, `object`, or `other`. All names are fixed in advance, so they can label a metric.
   */
  readonly ignored: ReadonlyMap<string, number>;
  /** Counts of statuses by an unknown pricing category or conversation origin: a few short names, then `other`. */
  readonly unknown_categories: ReadonlyMap<string, number>;
}

/** A reading in progress. The maps are created on first use: nearly every webhook needs neither. */
export interface Reading {
  readonly events: WhatsAppEvent[];
  ignored: Map<string, number> | undefined;
  unknown_categories: Map<string, number> | undefined;
  /** Whether entries were left unread, because the reading was full. */
  is_cut: boolean;
  /** Whether what Meta says about prices is read. */
  readonly reads_pricing: boolean;
}

/** Names of unknown categories that one webhook may have before the rest is counted as `other`. */
const CATEGORIES_MAX = 20;

const NOTHING: ReadonlyMap<string, number> = new Map();

/** The most events that are read of one webhook. Meta sends up to 1,000. */
export const EVENTS_MAX = 10_000;

/** Whether a reading takes no more events. If so, it is marked as cut: ask only when there is one more entry. */
export function isFull(reading: Reading): boolean {
  reading.is_cut ||= reading.events.length >= EVENTS_MAX;
  return reading.is_cut;
}

/** Returns a reading without events. */
export function newReading(reads_pricing = false): Reading {
  return { events: [], ignored: undefined, unknown_categories: undefined, is_cut: false, reads_pricing };
}

/** Completes a reading. */
export function finished({ events, ignored, unknown_categories }: Reading): WebhookReading {
  return { events, ignored: ignored ?? NOTHING, unknown_categories: unknown_categories ?? NOTHING };
}

/** Counts ignored parts under one of the fixed names. */
export function countIgnored(reading: Reading, name: string, times = 1): void {
  const ignored = reading.ignored ??= new Map();
  ignored.set(name, (ignored.get(name) ?? 0) + times);
}

/** Counts statuses with an unknown category. */
export function countUnknownCategory(reading: Reading, category: string, times = 1): void {
  countWithin(reading.unknown_categories ??= new Map(), CATEGORIES_MAX, category, times);
}

/** Counts under a name; under `other` when it is a new one and `names_max` names are counted already. */
export function countWithin(
  counts: Map<string, number>,
  names_max: number,
  name: string,
  times: number,
): void {
  const counted = counts.has(name) || counts.size < names_max ? name : "other";
  counts.set(counted, (counts.get(counted) ?? 0) + times);
}
