import { getHeapStatistics } from "node:v8";

const MB = 1024 * 1024;
/** V8's limit includes the young generation, where nothing stays: 96 MB on 64-bit machines, in a heap of any size. */
const YOUNG_BYTES = 96 * MB;
/** Heap of the service when no company is active, in bytes: 35 MB, and room for the largest request. */
const PROGRAM_BYTES = 64 * MB;
/** The least that the bounds are derived from, so that the service works in the smallest heap that it starts in. */
const SHARED_BYTES_MIN = 16 * MB;
/**
 * Heap that one item in memory takes, in bytes. Measured by `tools/bench/memory.ts`: 350 to 550, and the rest is for
 * the keys of a turn, and for the loaded rows that an item is built from.
 */
const ITEM_BYTES = 1_000;
/** Heap of an active company without items, in bytes: 5,000, and the rest is a margin. */
const COMPANY_BYTES = 20_000;
/**
 * Heap that a command or event in flight takes, in bytes: about 300 while it waits, 1,300 as a change in the journal, and
 * as much again as parameters of the write statement.
 */
const IN_FLIGHT_BYTES = 4_000;

/** The parts that each kind may take of the heap beside the program. The rest is for requests and garbage. */
const PARTS = { items: 0.35, companies: 0.1, in_flight: 0.2, bodies: 0.0625, unread: 0.015625 } as const;
/** The part of all items, and of all cost in flight, that one company may take. */
const COMPANY_PART = 0.25;

/** The bounds that follow from the heap. */
export interface MemoryLimits {
  readonly total_items_in_memory_max: number;
  readonly items_in_memory_max: number;
  readonly active_max: number;
  readonly cost_in_flight_max: number;
  readonly queued_cost_max: number;
  /** Bytes of all request bodies that are being received. They are outside the heap; parsing them is not. */
  readonly bodies_bytes_max: number;
  /** Bytes of all large answers that clients have not taken. */
  readonly unread_bytes_max: number;
}

/** Derives the bounds of what the service keeps in memory from the limit of V8's heap, in bytes. */
export function memoryLimits(heap_limit_bytes: number): MemoryLimits {
  const shared_bytes = Math.max(SHARED_BYTES_MIN, heap_limit_bytes - PROGRAM_BYTES);
  const fits = (part: number, bytes: number) => Math.floor(shared_bytes * part / bytes);
  const total_items_in_memory_max = fits(PARTS.items, ITEM_BYTES);
  const cost_in_flight_max = Math.min(200_000, fits(PARTS.in_flight, IN_FLIGHT_BYTES));
  return {
    total_items_in_memory_max,
    items_in_memory_max: Math.min(100_000, Math.floor(total_items_in_memory_max * COMPANY_PART)),
    active_max: Math.min(20_000, fits(PARTS.companies, COMPANY_BYTES)),
    cost_in_flight_max,
    queued_cost_max: Math.min(20_000, Math.floor(cost_in_flight_max * COMPANY_PART)),
    bodies_bytes_max: Math.min(256 * MB, fits(PARTS.bodies, 1)),
    unread_bytes_max: Math.min(64 * MB, fits(PARTS.unread, 1)),
  };
}

/** V8's heap, in bytes: its size, and the limit of what stays in it (`--max-old-space-size`). */
export interface Heap {
  readonly used_bytes: number;
  readonly limit_bytes: number;
}

/** Reads the heap of this process. */
export function readHeap(): Heap {
  const { used_heap_size, heap_size_limit } = getHeapStatistics();
  return { used_bytes: used_heap_size, limit_bytes: Math.max(0, heap_size_limit - YOUNG_BYTES) };
}
