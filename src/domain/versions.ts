import type { LocalDate } from "./types.ts";

/** A version of settings or terms that begins on a local date. */
interface DatedVersion {
  readonly effective_from: LocalDate;
}

/** Whether a version never takes effect, because a later one begins on or before the same date. */
export function isSuperseded({ effective_from }: DatedVersion, later: readonly DatedVersion[]): boolean {
  return later.some((version) => version.effective_from <= effective_from);
}

/**
 * Returns the versions that no later one supersedes.
 *
 * @param versions in the order they were recorded
 */
export function lastingVersions<Version extends DatedVersion>(versions: readonly Version[]): Version[] {
  return versions.filter((version, index) => !isSuperseded(version, versions.slice(index + 1)));
}
