import type { Command } from "../src/domain/company/command.ts";

/**
 * What a command weighs: the items it makes its company decide on, for which memory and a turn are needed. Bounds
 * on what waits are bounds on weight, so that a webhook of a thousand messages counts as a thousand.
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
