import type { Plan } from "./simulated_service.ts";
import type { EventSpec, Step } from "./actions.ts";
import { type FaultProfile, NO_FAULTS } from "./fault_profile.ts";

/** A plan as a person would tell it: what it begins with, what may go wrong by itself, and what is done. */
export function describePlan(plan: Plan): string {
  const { setup, limits, fault_profile, script } = plan;
  const companies = setup.zones.map((zone, at) => `company-${at} in ${zone} (${setup.policies[at]})`);
  const faults = Object.keys(NO_FAULTS).filter((name) => fault_profile[name as keyof FaultProfile] > 0)
    .map((name) => `${name.replaceAll("_", " ")} ${fault_profile[name as keyof FaultProfile].toFixed(3)}`);
  return [
    `It begins at ${new Date(setup.starts_at_ms).toISOString()} with ${
      counted(setup.processes, "process", "processes")
    } and ${companies.join(", ")}.`,
    `Bounds: ${JSON.stringify(limits)}`,
    `Faults by themselves: ${faults.length === 0 ? "none" : faults.join(", ")}.`,
    ...script.map((step, at) =>
      `${String(at + 1).padStart(3)}. ${stepInWords(step)}${pause(step.events_after)}`
    ),
    `${String(script.length + 1).padStart(3)}. The faults end, and all that is under way comes to its end.`,
  ].join("\n");
}

function stepInWords(step: Step): string {
  switch (step.do) {
    case "deliver":
      return `Meta delivers${step.copies > 1 ? " twice at once" : ""}: ${
        step.events.map(eventInWords).join("; ")
      }`;
    case "use": {
      const items = step.items.map(({ id, feature, quantity, ago_ms }) =>
        `usage-${id}, ${quantity} of ${feature}${ago(ago_ms)}`
      );
      return `company-${step.company} reports${step.copies > 1 ? " twice at once" : ""}: ${items.join("; ")}`;
    }
    case "send": {
      const { company, person, by, message, kind, category = "no category", own_id, ago_ms } = step;
      const id = own_id ? "our own id" : "its wamid";
      return `company-${company} reports a ${kind} send (${category}) of message ${message} by ${id} to person ${person} by ${by}${
        ago(ago_ms)
      }`;
    }
    case "agree":
      return `company-${step.company} agrees on a package of ${step.credits ?? "no"} credits${
        step.prorated ? ", its first month by days" : ""
      }, excess at ${step.price}`;
    case "cancel":
      return `company-${step.company} cancels its package`;
    case "take back":
      return `company-${step.company} takes its cancellation back`;
    case "own price":
      return `company-${step.company} gets its own price of ${step.feature}: ${step.credits}`;
    case "configure":
      return `company-${step.company} moves to ${step.time_zone}, templates in an open window: ${step.policy}${
        step.new_number ? ", and claims its new number" : ""
      }`;
    case "erase":
      return `person ${step.person} of company-${step.company} is erased, by ${step.by}`;
    case "read contact":
      return `somebody looks at person ${step.person} of company-${step.company}, by ${step.by}`;
    case "quote":
      return `somebody asks company-${step.company} for a quote`;
    case "read":
      return `somebody reads the balance of company-${step.company}`;
    case "watch":
      return `somebody watches company-${step.company}`;
    case "unwatch":
      return `nobody watches company-${step.company} any more`;
    case "pass":
      return `${lasting(step.ms)} pass`;
    case "crash":
    case "stop":
      return `process ${step.process + 1} ${
        step.do === "crash" ? "is killed" : "is stopped"
      }, and started again after ${lasting(step.for_ms)} with its clock ${ahead(step.ahead_ms)}`;
    case "clock":
      return `the clock of process ${step.process + 1} jumps by ${lasting(step.by_ms)}`;
    case "wake":
      return `process ${step.process + 1} sweeps, rests and refreshes`;
    case "place":
      return `company-${step.company} is placed on process ${step.process + 1}`;
    case "calm":
      return "the faults end for a while, and all that is under way comes to its end";
  }
}

function eventInWords(event: EventSpec): string {
  const {
    kind,
    company,
    person,
    identifiers,
    message,
    template,
    category,
    has_callback,
    ago_ms,
    new_number,
  } = event;
  const over = new_number ? " over its new number" : "";
  const whom = `person ${person} of company-${company} by ${identifiers}${over}${ago(ago_ms)}`;
  if (kind === "wrote" || kind === "noted" || kind === "number changed") return `${kind}, ${whom}`;
  const of = `${template ? "template" : "message"} ${message}${
    category === undefined ? "" : ` (${category})`
  }`;
  return `${kind} ${of}${has_callback ? " with our own id" : ""}, ${whom}`;
}

function pause(then: number): string {
  return then === 0 ? "" : `; then ${counted(then, "thing goes", "things go")} on outside`;
}

function ago(ago_ms: number | undefined): string {
  if (ago_ms === undefined) return ", at no given time";
  if (ago_ms === 0) return "";
  return ago_ms < 0 ? `, ${lasting(-ago_ms)} ahead of the time` : `, ${lasting(ago_ms)} ago`;
}

function ahead(ahead_ms: number): string {
  if (ahead_ms === 0) return "right";
  return ahead_ms < 0 ? `${lasting(-ahead_ms)} behind` : `${lasting(ahead_ms)} ahead`;
}

function lasting(duration_ms: number): string {
  const units = [["day", 86_400_000], ["hour", 3_600_000], ["minute", 60_000], ["second", 1_000], [
    "ms",
    1,
  ]] as const;
  let left_ms = Math.abs(duration_ms);
  const parts: string[] = [];
  for (const [unit, unit_ms] of units) {
    const count = Math.floor(left_ms / unit_ms);
    left_ms -= count * unit_ms;
    if (count > 0) parts.push(unit === "ms" ? `${count} ms` : counted(count, unit, `${unit}s`));
  }
  return parts.length === 0 ? "no time" : `${duration_ms < 0 ? "minus " : ""}${parts.join(" ")}`;
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}
