/** `5:03:09`: hours, minutes and seconds left; nothing is left once the time is over. */
export function formatCountdown(left_ms: number): string {
  const seconds = Math.max(0, Math.floor(left_ms / 1000));
  const two = (part: number) => String(part).padStart(2, "0");
  return `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}
