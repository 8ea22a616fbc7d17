import type { Answer, Command, ContactEvent, Send, Usage } from "../../src/domain/company/command.ts";
import type { ContactIdentifiers } from "../../src/domain/identity/phone.ts";
import { priceFrom } from "../../src/domain/money.ts";
import type { CompanyId, FeatureCode } from "../../src/domain/types.ts";
import { credits } from "../../src/domain/types.ts";
import type { Call, CallOutcome } from "./callers.ts";
import type { Auditor } from "./oracle/auditor.ts";
import type { Process } from "./process.ts";
import type { Action, EventSpec, IdentifierChoice } from "./actions.ts";

type PlainAction = Extract<
  Action,
  { do: "cancel" | "take back" | "own price" | "read" | "quote" | "read contact" }
>;

/** What the world asks of the service: actions of a script made into calls, whose answers the auditor hears. */
export class Workload {
  readonly #auditor: Auditor;
  readonly #now_ms: () => number;
  /** People who have told of their second number: before that nobody can be known by it. */
  readonly #changed = new Set<string>();

  constructor(auditor: Auditor, now_ms: () => number) {
    this.#auditor = auditor;
    this.#now_ms = now_ms;
  }

  /** Meta delivers a batch. */
  delivery({ events }: Extract<Action, { do: "deliver" }>): Call {
    const arrived = events.map((event) => this.#event(event));
    const ids = events.map(({ company }) => companyNamed(company));
    arrived.forEach((event, at) => this.#auditor.submitted.addEvent(ids[at]!, event));
    return {
      description: `Meta delivers ${
        arrived.map((e, at) => `${e.type === "status" ? e.status : e.type} of ${e.message_id} to ${ids[at]}`)
          .join(", ")
      }`,
      company: events[0]!.company,
      retry_fault: "redelivered",
      submit: async (process) => {
        this.#auditor.submitted.noteDelivery(arrived, process.now_ms);
        const answer = await process.inbox.receive(arrived, process.now_ms);
        if (answer === "durable") await this.#auditor.acknowledgeDelivery(arrived);
        else this.#auditor.checkAnswer(ids[0]!, answer);
        return answer === "durable" ? "acknowledged" : "again";
      },
    };
  }

  usage({ company, items }: Extract<Action, { do: "use" }>): Call {
    const now_ms = this.#now_ms();
    const usages: Usage[] = items.map(({ id, feature, quantity, ago_ms }) => ({
      id: `usage-${id}`,
      feature: feature as FeatureCode,
      quantity,
      occurred_at_ms: ago_ms === undefined ? undefined : now_ms - ago_ms,
      attributes: undefined,
    }));
    this.#auditor.submitted.addUsages(companyNamed(company), usages);
    const what = `a service reports ${usages.map(({ id }) => id).join(" and ")} of ${companyNamed(company)}`;
    return this.#command(what, company, "usage retried", { type: "report_usage", usages }, (answer) => {
      if (answer.type === "usage_counted") this.#auditor.acknowledgeUsages(companyNamed(company), usages);
      else if (answer.type === "refused" && answer.code === "id_reused") {
        this.#auditor.trace.countFault("usage id reused");
      }
    });
  }

  send(spec: Extract<Action, { do: "send" }>): Call {
    const { company, person, message, kind, category, own_id, ago_ms } = spec;
    const send: Send = {
      message_id: own_id ? ownIdOf(person, message) : wamidOf(person, message),
      to: this.#contact(company, person, spec.by),
      kind,
      category,
      sent_at_ms: ago_ms === undefined ? undefined : this.#now_ms() - ago_ms + distinct(person, message),
      // By names that the store gives back in another order, and another for what is recorded of a message under its
      // other id: which of the two holds must not hang on that.
      attribution: own_id ? { on: "monday" } : { campaign: "spring", to: "all" },
    };
    this.#auditor.submitted.addSend(companyNamed(company), send);
    const what = `a service reports the ${kind} ${send.message_id} of ${companyNamed(company)}`;
    return this.#command(what, company, "send retried", { type: "report_send", send }, (answer) => {
      if (answer.type === "send_allowed") this.#auditor.acknowledgeSend(companyNamed(company), send);
      else if (answer.type === "refused") this.#auditor.trace.countFault("send refused");
    });
  }

  /** Whatever else is asked of a company alone. */
  companyCall(action: PlainAction): Call {
    const by = "simulation";
    switch (action.do) {
      case "cancel":
        return this.#plain("the cancellation", action, { type: "cancel_contract", by });
      case "take back":
        return this.#plain("the cancellation's end", action, { type: "take_back_cancellation", by });
      case "own price": {
        const feature = action.feature as FeatureCode;
        const asked = { feature, credits: credits(action.credits), effective_from: undefined, by };
        return this.#plain(`the price of ${feature}`, action, { type: "set_rate", ...asked });
      }
      case "read":
        return this.#plain("the balance", action, { type: "read_balance" });
      case "quote": {
        const recipients = [0, 1].map((person) => this.#contact(action.company, person, "phone"));
        return this.#plain("a quote", action, { type: "quote", recipients, category: undefined });
      }
      case "read contact": {
        const contact = this.#contact(action.company, action.person, action.by);
        return this.#plain("a contact", action, { type: "read_contact", contact });
      }
    }
  }

  agreement({ company, credits: bought, price, prorated }: Extract<Action, { do: "agree" }>): Call {
    const offer = {
      package: bought === null ? null : { credits: credits(bought), price: priceFrom("9.90") },
      excess_credit_price: priceFrom(price),
      currency: "BRL",
      starts_on: undefined,
      first_month: prorated ? "prorated" as const : undefined,
    };
    return this.#plain(`a contract over ${bought} credits`, { company }, {
      type: "agree_contract",
      offer,
      by: "simulation",
    });
  }

  configuration({ company, time_zone, policy, new_number }: Extract<Action, { do: "configure" }>): Call {
    const id = companyNamed(company);
    const profile = {
      name: id,
      locale: "pt-BR",
      time_zone,
      template_in_open_window: policy,
      phone_number_ids: new_number ? [numberOf(company), newNumberOf(company)] : [numberOf(company)],
      effective_from: undefined,
    };
    const submit = async (process: Process): Promise<CallOutcome> => {
      try {
        const registration = await process.registry.configure(id, profile, "simulation");
        if (registration.type !== "registered") return "refused";
        this.#auditor.checkAnswer(id, registration.answer);
        return outcomeOf(registration.answer);
      } catch {
        return "again";
      }
    };
    return { description: `the settings of ${id}`, company, retry_fault: "redelivered", submit };
  }

  erasure({ company, person, by }: Extract<Action, { do: "erase" }>): Call {
    const id = companyNamed(company);
    // By one name, as the path of a request has it: both together would say that they are one person.
    const contact = this.#contact(company, person, by === "both" || by === "second and bsuid" ? "bsuid" : by);
    const submit = async (process: Process): Promise<CallOutcome> => {
      const answer = await process.erasure.erase(id, contact);
      return answer.type === "erased" ? "acknowledged" : answer.type === "no_company" ? "refused" : "again";
    };
    return {
      description: `the erasure of person ${person} of ${id}`,
      company,
      retry_fault: "redelivered",
      submit,
    };
  }

  #plain(what: string, { company }: { readonly company: number }, command: Command): Call {
    return this.#command(`${what} of ${companyNamed(company)}`, company, "redelivered", command, () => {});
  }

  #command(
    description: string,
    company: number,
    retry_fault: Call["retry_fault"],
    command: Command,
    hear: (answer: Answer) => void,
  ): Call {
    const id = companyNamed(company);
    const submit = async (process: Process): Promise<CallOutcome> => {
      const answer = await process.actor_system.execute(id, command);
      this.#auditor.checkAnswer(id, answer);
      hear(answer);
      return outcomeOf(answer);
    };
    return { description, company, retry_fault, submit };
  }

  #event(spec: EventSpec): ContactEvent {
    const { kind, company, person, message, template, category, has_callback, ago_ms, new_number } = spec;
    const phone_number_id = new_number ? newNumberOf(company) : numberOf(company);
    if (new_number) this.#auditor.trace.countFault("number of no company");
    const second_ms = Math.floor((this.#now_ms() - ago_ms) / 1000) * 1000;
    if (kind === "number changed") {
      this.#changed.add(`${company} ${person}`);
      return {
        type: "number_changed",
        from: { phone: phoneOf(company, person), bsuid: undefined },
        to: { phone: secondPhoneOf(company, person), bsuid: undefined },
        at_ms: second_ms,
        message_id: `change.${person}`,
        phone_number_id,
      };
    }
    const contact = this.#contact(company, person, spec.identifiers);
    if (kind === "wrote" || kind === "noted") {
      const over = new_number ? "new" : "old";
      const by = this.#changed.has(`${company} ${person}`) ? `changed ${spec.identifiers}` : spec.identifiers;
      const message_id = `${kind} ${person} ${by} ${over} ${second_ms / 1000}`;
      return { type: kind, contact, at_ms: second_ms, message_id, phone_number_id };
    }
    return {
      type: "status",
      contact,
      // No two templates leave in one millisecond: which of them opens the window would be anybody's guess.
      at_ms: second_ms + distinct(person, message),
      message_id: wamidOf(person, message),
      phone_number_id,
      status: kind,
      template,
      category,
      callback_data: has_callback ? ownIdOf(person, message) : undefined,
    };
  }

  #contact(company: number, person: number, by: IdentifierChoice): ContactIdentifiers {
    const is_second = by.startsWith("second") && this.#changed.has(`${company} ${person}`);
    const has_bsuid = person < 2 && (by === "bsuid" || by === "both" || by === "second and bsuid");
    return {
      phone: by === "bsuid" && has_bsuid
        ? undefined
        : is_second
        ? secondPhoneOf(company, person)
        : phoneOf(company, person),
      bsuid: has_bsuid ? `BR.${company}${person}9120865` : undefined,
    };
  }
}

export function companyNamed(company: number): CompanyId {
  return `company-${company}` as CompanyId;
}

function numberOf(company: number): string {
  return `10654000000000${company}`;
}

function newNumberOf(company: number): string {
  return `20654000000000${company}`;
}

function phoneOf(company: number, person: number): string {
  return `55119876${company}000${person}`;
}

function secondPhoneOf(company: number, person: number): string {
  return `55219876${company}000${person}`;
}

function wamidOf(person: number, message: number): string {
  return `wamid.x${person}y${message}`;
}

function ownIdOf(person: number, message: number): string {
  return `own0x${person}y${message}`;
}

function distinct(person: number, message: number): number {
  return person * 100 + message;
}

function outcomeOf(answer: Answer): CallOutcome {
  if (answer.type === "unavailable" || answer.type === "no_company") return "again";
  return answer.type === "refused" ? "refused" : "acknowledged";
}
