import type { Command } from "../src/domain/company/command.ts";

/**
 * Returns the cost of a command: the number of items to decide, which take memory and part of a turn. Queues are
 * bounded by cost, so a webhook of a thousand messages counts as a thousand.
 */
export function costOf(command: Command): number {
  switch (command.type) {
    case "record":
      return command.events.length;
    case "report_usage":
      return command.usages.length;
    case "quote":
      return command.recipients.length;
    default:
      return 1;
  }
}
