/** Closes a line to the area between it and zero. */
export function areaBelow(line: string, zero_y: number): string {
  const first = line.match(/^M([^,]*)/)?.[1];
  const last = line.match(/([^LM]*),[^,]*$/)?.[1];
  return first === undefined || last === undefined ? "" : `${line}L${last},${zero_y}L${first},${zero_y}Z`;
}
