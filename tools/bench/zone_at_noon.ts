/** Returns a zone in which it is about noon now. The names of these zones have the opposite sign. */
export function zoneAtNoon(): string {
  const ahead_hours = 12 - Temporal.Now.zonedDateTimeISO("UTC").hour;
  if (ahead_hours === 0) return "Etc/GMT";
  return ahead_hours > 0 ? `Etc/GMT-${ahead_hours}` : `Etc/GMT+${-ahead_hours}`;
}
