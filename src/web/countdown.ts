/** Formats the remaining time in hours, minutes and seconds, such as `5:03:09`. A negative time is `0:00:00`. */
export function formatCountdown(left_ms: number): string {
  const seconds = Math.max(0, Math.floor(left_ms / 1000));
  const two = (part: number) => String(part).padStart(2, "0");
  return `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}
