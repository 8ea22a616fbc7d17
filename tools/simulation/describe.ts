import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../src/time/units.ts";
import type { Plan } from "./simulated_service.ts";
import type { EventSpec, Step } from "./actions.ts";
import { type FaultProfile, NO_FAULTS } from "./fault_profile.ts";

/** Describes a plan in plain words: its setup, limits, fault probabilities and steps. */
export function describePlan(plan: Plan): string {
  const { setup, limits, fault_profile, script, cluster } = plan;
  const companies = setup.zones.map((zone, at) => `company-${at} in ${zone} (${setup.policies[at]})`);
  const faults = Object.keys(NO_FAULTS).filter((name) => fault_profile[name as keyof FaultProfile] > 0)
    .map((name) => `${name.replaceAll("_", " ")} ${fault_profile[name as keyof FaultProfile].toFixed(3)}`);
  return [
    `Starts at ${new Date(setup.starts_at_ms).toISOString()} with ${
      formatCount(setup.processes, "process", "processes")
    } and ${companies.join(", ")}.`,
    ...cluster === undefined ? [] : [
      `The processes are nodes of a cluster, with clocks of pace ${cluster.paces.join(", ")}.`,
      `Fault probabilities between nodes: ${JSON.stringify(cluster.fault_profile)}`,
    ],
    `Limits: ${JSON.stringify(limits)}`,
    `Fault probabilities: ${faults.length === 0 ? "none" : faults.join(", ")}.`,
    ...script.map((step, at) =>
      `${String(at + 1).padStart(3)}. ${describeStep(step)}${formatEventsAfter(step.events_after)}`
    ),
    `${String(script.length + 1).padStart(3)}. Faults end; all pending work finishes.`,
  ].join("\n");
}

function describeStep(step: Step): string {
  switch (step.do) {
    case "deliver":
    case "deliver to the moving number":
      return `Meta delivers${step.do === "deliver" ? "" : ", of the number that moves,"}${
        step.copies > 1 ? " twice at once" : ""
      }: ${step.events.map(describeEvent).join("; ")}`;
    case "use": {
      const items = step.items.map(({ id, feature, quantity, ago_ms }) =>
        `usage-${id}, ${quantity} of ${feature}${formatAge(ago_ms)}`
      );
      return `company-${step.company} reports${step.copies > 1 ? " twice at once" : ""}: ${items.join("; ")}`;
    }
    case "send": {
      const { company, person, identifiers, message, kind, category = "no category", own_id, ago_ms } = step;
      const id = own_id ? "our own id" : "its wamid";
      return `company-${company} reports a ${kind} send (${category}) of message ${message} by ${id} to person ${person} by ${identifiers}${
        formatAge(ago_ms)
      }`;
    }
    case "report send failure": {
      const { company, person, message, own_id, ago_ms } = step;
      const id = own_id ? "our own id" : "its wamid";
      return `company-${company} reports that message ${message} by ${id} to person ${person} failed${
        formatAge(ago_ms)
      }`;
    }
    case "agree contract":
      return `company-${step.company} agrees a contract with a package of ${step.credits ?? "no"} credits${
        step.prorated ? ", the first month prorated" : ""
      }, excess at ${step.price}`;
    case "cancel":
      return `company-${step.company} cancels its package`;
    case "withdraw cancellation":
      return `company-${step.company} withdraws its cancellation`;
    case "override rate":
      return `company-${step.company} gets its own price of ${step.feature}: ${step.credits}`;
    case "configure":
      return `company-${step.company} moves to ${step.time_zone}, templates in an open window: ${step.policy}${
        step.new_number ? ", and claims its second number" : ""
      }${step.moving_number ? ", and claims the number that moves" : ""}`;
    case "erase":
      return `person ${step.person} of company-${step.company} is erased, by ${step.identifiers}`;
    case "read contact":
      return `a client reads person ${step.person} of company-${step.company}, by ${step.identifiers}`;
    case "set account":
      return `the number of company-${step.company} gets the account ${step.account_id} in ${step.time_zone}`;
    case "quote":
      return `a client requests a quote for company-${step.company}`;
    case "read":
      return `a client reads the balance of company-${step.company}`;
    case "watch":
      return `a viewer opens the balance stream of company-${step.company}`;
    case "unwatch":
      return `the balance stream of company-${step.company} closes`;
    case "advance":
      return `${formatDuration(step.ms)} pass`;
    case "crash":
    case "stop":
      return `process ${step.process + 1} ${
        step.do === "crash" ? "is killed" : "is stopped"
      }, and started again after ${formatDuration(step.for_ms)} with its clock ${
        formatClock(step.ahead_ms)
      } and zone data ${step.zone_data}`;
    case "clock":
      return `the clock of process ${step.process + 1} jumps by ${formatDuration(step.by_ms)}`;
    case "run due work":
      return `process ${step.process + 1} runs due work, passivates idle actors and refreshes`;
    case "place":
      return `company-${step.company} is placed on process ${step.process + 1}`;
    case "pause":
      return `process ${step.process + 1} is suspended for ${formatDuration(step.for_ms)}`;
    case "cut from NATS":
    case "cut from Postgres":
      return `process ${step.process + 1} is ${step.do.replace("cut", "cut off")} for ${
        formatDuration(step.for_ms)
      }`;
    case "stop NATS":
      return `NATS stops for ${formatDuration(step.for_ms)}`;
    case "silence NATS":
      return `NATS is up without an answer for ${formatDuration(step.for_ms)}`;
    case "restart Postgres":
      return `Postgres restarts, and is away for ${formatDuration(step.for_ms)}`;
    case "lose subscriptions":
      return `NATS forgets the subscriptions of process ${step.process + 1}`;
    case "add node":
      return `a node is added, with its clock ${formatClock(step.ahead_ms)} and zone data ${step.zone_data}`;
    case "quiesce":
      return "faults pause; all pending work finishes";
  }
}

function describeEvent(event: EventSpec): string {
  const {
    kind,
    company,
    person,
    identifiers,
    message,
    template,
    category,
    has_callback,
    pricing,
    ago_ms,
    new_number,
  } = event;
  const over = new_number ? " on its second number" : "";
  const whom = `person ${person} of company-${company} by ${identifiers}${over}${formatAge(ago_ms)}`;
  if (kind === "wrote" || kind === "noted" || kind === "called" || kind === "number changed") {
    return `${kind}, ${whom}`;
  }
  const of = `${template ? "template" : "message"} ${message}${
    category === undefined ? "" : ` (${category})`
  }`;
  const price = pricing === undefined ? "" : `, priced ${Object.values(pricing).join(" ")}`;
  return `${kind} ${of}${has_callback ? " with our own id" : ""}${price}, ${whom}`;
}

function formatEventsAfter(events: number): string {
  return events === 0 ? "" : `; then ${formatCount(events, "event runs", "events run")}`;
}

function formatAge(ago_ms: number | undefined): string {
  if (ago_ms === undefined) return ", at no given time";
  if (ago_ms === 0) return "";
  return ago_ms < 0 ? `, ${formatDuration(-ago_ms)} in the future` : `, ${formatDuration(ago_ms)} ago`;
}

function formatClock(ahead_ms: number): string {
  if (ahead_ms === 0) return "right";
  return ahead_ms < 0 ? `${formatDuration(-ahead_ms)} behind` : `${formatDuration(ahead_ms)} ahead`;
}

function formatDuration(duration_ms: number): string {
  const units = [["day", DAY_MS], ["hour", HOUR_MS], ["minute", MINUTE_MS], ["second", 1_000], [
    "ms",
    1,
  ]] as const;
  let left_ms = Math.abs(duration_ms);
  const parts: string[] = [];
  for (const [unit, unit_ms] of units) {
    const count = Math.floor(left_ms / unit_ms);
    left_ms -= count * unit_ms;
    if (count > 0) parts.push(unit === "ms" ? `${count} ms` : formatCount(count, unit, `${unit}s`));
  }
  return parts.length === 0 ? "no time" : `${duration_ms < 0 ? "minus " : ""}${parts.join(" ")}`;
}

function formatCount(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}
