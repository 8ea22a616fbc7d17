import type { LabelledUsage, LabelledUsageQuery } from "../../../src/domain/reports.ts";
import type { Cause } from "../../../src/domain/ledger.ts";
import { isCharge } from "../../../src/domain/ledger.ts";
import type { Direction, FeatureCode, LocalDate } from "../../../src/domain/types.ts";
import type { MemoryStore } from "../../support/memory_store/store.ts";

interface Part {
  readonly local_date: LocalDate;
  readonly feature: FeatureCode | null;
  readonly direction: Direction;
  readonly cause: Cause | null;
  readonly units: number;
  readonly credits: number;
}

/**
 * Reports usage by label from the memory store. Posted entries count under their labels; the rest of the totals counts
 * under no label.
 */
export function labelledUsage(store: MemoryStore, query: LabelledUsageQuery): LabelledUsage[] {
  const { company, from, to, as_of, limit } = query;
  const stored = store.stored(company)!;
  const within = ({ local_date }: { readonly local_date: LocalDate }) =>
    local_date >= from && local_date <= to;
  const closing = [...stored.closed_days].flatMap(([local_date, totals]) =>
    totals.map((total) => ({ ...total, local_date }))
  );
  const totals: Part[] = (as_of === "now" ? [...stored.totals.values()] : closing)
    .map((total) => ({ ...total, cause: null }));
  const posted: Part[] = stored.ledger.filter(({ type, late, local_date }) =>
    (type === "consumption" || type === "reversal") &&
    (as_of === "now" || !late && stored.closed_days.has(local_date))
  ).map((entry) => ({ ...entry, credits: -entry.credits, units: unitsOf(entry.cause) }));
  const subtracted = posted.map((part) => ({
    ...part,
    cause: null,
    units: -part.units,
    credits: -part.credits,
  }));
  const sums = new Map<
    string,
    { group: Omit<LabelledUsage, "units" | "credits">; units: number; credits: number }
  >();
  for (const part of [...posted, ...totals, ...subtracted].filter(within)) {
    const group = groupOf(part, query);
    const key = JSON.stringify(group);
    const sum = sums.get(key) ?? { group, units: 0, credits: 0 };
    sums.set(key, { group, units: sum.units + part.units, credits: sum.credits + part.credits });
  }
  return [...sums].sort(([a], [b]) => a < b ? -1 : 1).map(([, sum]) => sum)
    .filter(({ units, credits }) => units !== 0 || credits !== 0)
    .map(({ group, units, credits }) => ({ ...group, units, credits })).slice(0, limit);
}

function unitsOf(cause: Cause | null): number {
  if (!isCharge(cause)) return 0;
  return cause.type === "usage" ? cause.quantity : cause.units;
}

function groupOf({ local_date, feature, direction, cause }: Part, query: LabelledUsageQuery) {
  const { groups, by_phone_number_id, attributes } = query;
  const labels = isCharge(cause) ? cause.attribution : null;
  const number = isCharge(cause) && cause.type !== "usage" ? cause.phone_number_id : null;
  return {
    ...(groups.has("day") ? { day: local_date } : {}),
    ...(groups.has("feature") ? { feature: feature! } : {}),
    ...(groups.has("direction") ? { direction } : {}),
    ...(by_phone_number_id ? { phone_number_id: number } : {}),
    ...(attributes.length === 0
      ? {}
      : { attributes: Object.fromEntries(attributes.map((name) => [name, labels?.[name] ?? null])) }),
  };
}
