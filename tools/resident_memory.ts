/** Returns the resident memory of a process in bytes; undefined where the system does not report it. */
export function residentBytes(pid: number): number | undefined {
  try {
    const kilobytes = Deno.readTextFileSync(`/proc/${pid}/status`).match(/^VmRSS:\s+(\d+) kB$/m)?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  } catch {
    return undefined;
  }
}
