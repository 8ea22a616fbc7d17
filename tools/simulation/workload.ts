import type {
  Answer,
  Command,
  ContactEvent,
  Send,
  SendFailure,
  Usage,
} from "../../src/domain/company/command.ts";
import type { ContactIdentifiers } from "../../src/domain/identity/phone.ts";
import { priceFrom } from "../../src/domain/money.ts";
import type { FeatureCode } from "../../src/domain/types.ts";
import { credits } from "../../src/domain/types.ts";
import { type Call, type CallOutcome, outcomeOf } from "./callers.ts";
import type { Auditor } from "./oracle/auditor.ts";
import { expectedContact, givenContact, parsedContact, withContacts } from "./contacts.ts";
import {
  companyNamed,
  distinct,
  numberOf,
  numbersOf,
  otherSpelling,
  ownIdOf,
  phoneOf,
  secondNumberOf,
  secondPhoneOf,
  wamidOf,
} from "./ids.ts";
import type { Process } from "./process.ts";
import { WrittenMessages } from "./written_messages.ts";
import type { Action, EventSpec, IdentifierChoice } from "./actions.ts";

type CompanyAction = Extract<
  Action,
  {
    do:
      | "cancel"
      | "withdraw cancellation"
      | "override rate"
      | "set account"
      | "read"
      | "quote"
      | "read contact";
  }
>;

/** Turns the actions of a script into calls to the service, and reports their answers to the auditor. */
export class Workload {
  readonly #auditor: Auditor;
  readonly #now_ms: () => number;
  /** People whose number change was delivered: their second number is not used before that. */
  readonly #changed = new Set<string>();
  readonly #written: WrittenMessages;

  constructor(auditor: Auditor, now_ms: () => number) {
    this.#auditor = auditor;
    this.#now_ms = now_ms;
    this.#written = new WrittenMessages(auditor.trace);
  }

  /** Makes the call in which Meta delivers a batch. */
  delivery({ events }: Extract<Action, { do: "deliver" }>): Call {
    const given = events.map((event) => this.#event(event));
    const delivered = given.map((event) => withContacts(event, parsedContact));
    const expected = given.map((event) => withContacts(event, expectedContact));
    const ids = events.map(({ company }) => companyNamed(company));
    expected.forEach((event, at) => this.#auditor.submitted.addEvent(ids[at]!, event));
    return {
      description: `Meta delivers ${
        delivered.map((e, at) =>
          `${e.type === "status" ? e.status : e.type} of ${e.message_id} to ${ids[at]}`
        )
          .join(", ")
      }`,
      company: events[0]!.company,
      retry_fault: "redelivered",
      submit: async (process) => {
        this.#auditor.submitted.noteDelivery(expected, process.now_ms);
        const answer = await process.inbox.receive(delivered, process.now_ms);
        if (answer === "durable") await this.#auditor.acknowledgeDelivery(expected);
        else this.#auditor.checkAnswer(ids[0]!, answer);
        return answer === "durable" ? "acknowledged" : "again";
      },
    };
  }

  /** Makes the call in which a service reports usage. */
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

  /** Makes the call in which a service reports a send. */
  send(spec: Extract<Action, { do: "send" }>): Call {
    const { company, person, message, kind, category, own_id, ago_ms } = spec;
    const send: Send = {
      message_id: own_id ? ownIdOf(person, message) : wamidOf(person, message),
      // A call of a service gives no parent's BSUID beside another one.
      to: this.#contact(
        company,
        person,
        spec.identifiers === "parent and bsuid" ? "bsuid" : spec.identifiers,
      ),
      kind,
      category,
      sent_at_ms: ago_ms === undefined ? undefined : this.#now_ms() - ago_ms + distinct(person, message),
      // Labels that the store returns in another order, and other labels for the same message under its other id:
      // the charge must not depend on either.
      attribution: own_id ? { on: "monday" } : { campaign: "spring", to: "all" },
    };
    const expected: Send = { ...send, to: expectedContact(send.to) };
    this.#auditor.submitted.addSend(companyNamed(company), expected);
    const what = `a service reports the ${kind} ${send.message_id} of ${companyNamed(company)}`;
    const command: Command = { type: "report_send", send: { ...send, to: parsedContact(send.to) } };
    return this.#command(what, company, "send retried", command, (answer) => {
      if (answer.type === "send_allowed") this.#auditor.acknowledgeSend(companyNamed(company), expected);
      else if (answer.type === "refused") this.#auditor.trace.countFault("send refused");
    });
  }

  /** Makes the call in which a service reports that a send failed. */
  sendFailure(spec: Extract<Action, { do: "report send failure" }>): Call {
    const { company, person, message, own_id, ago_ms } = spec;
    const failure: SendFailure = {
      message_id: own_id ? ownIdOf(person, message) : wamidOf(person, message),
      failed_at_ms: ago_ms === undefined ? undefined : this.#now_ms() - ago_ms,
      error_code: "132000",
    };
    const id = companyNamed(company);
    this.#auditor.submitted.failures.add(id, failure);
    const what = `a service reports the failure of ${failure.message_id} of ${id}`;
    return this.#command(
      what,
      company,
      "send retried",
      { type: "report_send_failure", failure },
      (answer) => {
        if (answer.type === "send_failure_recorded") this.#auditor.acknowledgeSendFailure(id, failure);
      },
    );
  }

  /** Makes the call of any other action on one company. */
  companyCall(action: CompanyAction): Call {
    const by = "simulation";
    switch (action.do) {
      case "cancel":
        return this.#companyCommand("the cancellation", action, { type: "cancel_contract", by });
      case "withdraw cancellation":
        return this.#companyCommand("the withdrawal of the cancellation", action, {
          type: "withdraw_cancellation",
          by,
        });
      case "override rate": {
        const feature = action.feature as FeatureCode;
        const rate = { feature, credits: credits(action.credits), effective_from: undefined, by };
        return this.#companyCommand(`the price of ${feature}`, action, { type: "set_rate", ...rate });
      }
      case "set account": {
        const { account_id, time_zone } = action;
        const account = { account_id, portfolio_id: undefined, time_zone, currency: "USD" };
        const phone_number_id = numberOf(action.company);
        const command = { type: "set_number_account", phone_number_id, account, by } as const;
        return this.#companyCommand(`the account ${account_id}`, action, command);
      }
      case "read":
        return this.#companyCommand("the balance", action, { type: "read_balance" });
      case "quote": {
        const recipients = [0, 1].map((person) =>
          parsedContact(this.#contact(action.company, person, "other spelling"))
        );
        return this.#companyCommand("a quote", action, { type: "quote", recipients, category: undefined });
      }
      case "read contact": {
        const contact = parsedContact(this.#contact(action.company, action.person, action.identifiers));
        return this.#companyCommand("a contact", action, { type: "read_contact", contact });
      }
    }
  }

  /** Makes the call that agrees a contract. */
  agreement(
    { company, credits: package_credits, price, prorated }: Extract<Action, { do: "agree contract" }>,
  ): Call {
    const offer = {
      package: package_credits === null
        ? null
        : { credits: credits(package_credits), price: priceFrom("9.90") },
      excess_credit_price: priceFrom(price),
      currency: "BRL",
      starts_on: undefined,
      first_month: prorated ? "prorated" as const : undefined,
    };
    return this.#companyCommand(`a contract over ${package_credits} credits`, { company }, {
      type: "change_contract",
      offer,
      by: "simulation",
    });
  }

  /** Makes the call that creates a company or changes its settings. */
  configuration({ company, time_zone, policy, ...numbers }: Extract<Action, { do: "configure" }>): Call {
    const id = companyNamed(company);
    const profile = {
      name: id,
      locale: "pt-BR",
      time_zone,
      template_in_open_window: policy,
      phone_number_ids: numbersOf(company, numbers),
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

  /** Makes the call that erases a person. */
  erasure({ company, person, identifiers }: Extract<Action, { do: "erase" }>): Call {
    const id = companyNamed(company);
    // One identifier, as in a request path: both together would state that they are one person.
    const is_both = identifiers === "both" || identifiers.endsWith("and bsuid");
    const contact = parsedContact(this.#contact(company, person, is_both ? "bsuid" : identifiers));
    const submit = async (process: Process): Promise<CallOutcome> => {
      const answer = await process.erasure.erase(id, contact);
      return answer.type === "erased"
        ? "acknowledged"
        : answer.type === "company_not_found"
        ? "refused"
        : "again";
    };
    return {
      description: `the erasure of person ${person} of ${id}`,
      company,
      retry_fault: "redelivered",
      submit,
    };
  }

  #companyCommand(what: string, { company }: { readonly company: number }, command: Command): Call {
    return this.#command(`${what} of ${companyNamed(company)}`, company, "redelivered", command, () => {});
  }

  #command(
    description: string,
    company: number,
    retry_fault: Call["retry_fault"],
    command: Command,
    onAnswer: (answer: Answer) => void,
  ): Call {
    const id = companyNamed(company);
    const submit = async (process: Process): Promise<CallOutcome> => {
      // Processes without leases may answer from memory what another has changed.
      const at_least = process.is_node ? this.#auditor.newestAnswered(id) : undefined;
      const answer = await process.companies.execute(id, command);
      this.#auditor.checkAnswer(id, answer, at_least);
      onAnswer(answer);
      return outcomeOf(answer);
    };
    return { description, company, retry_fault, submit };
  }

  #event(spec: EventSpec): ContactEvent {
    const { kind, company, person, message, template, category, has_callback, pricing, ago_ms, new_number } =
      spec;
    const phone_number_id = new_number ? secondNumberOf(company) : numberOf(company);
    if (new_number) this.#auditor.trace.countFault("unclaimed number");
    const second_ms = Math.floor((this.#now_ms() - ago_ms) / 1000) * 1000;
    if (kind === "number changed") {
      this.#changed.add(`${company} ${person}`);
      return {
        type: "number_changed",
        from: { phone: otherSpelling(phoneOf(company, person)), bsuid: undefined },
        to: { phone: secondPhoneOf(company, person), bsuid: undefined },
        at_ms: second_ms,
        message_id: `change.${person}`,
        phone_number_id,
      };
    }
    const contact = this.#contact(company, person, spec.identifiers);
    const over = new_number ? "new" : "old";
    if (kind === "wrote") {
      const message_id = `wrote ${person} ${over} ${second_ms / 1000}`;
      const written = { contact, at_ms: second_ms, message_id, phone_number_id };
      return this.#written.delivered(`${company} ${person}`, written, spec.again);
    }
    if (kind === "noted" || kind === "called") {
      const identifiers = this.#changed.has(`${company} ${person}`)
        ? `changed ${spec.identifiers}`
        : spec.identifiers;
      const message_id = `${kind} ${person} ${identifiers} ${over} ${second_ms / 1000}`;
      return { type: kind, contact, at_ms: second_ms, message_id, phone_number_id };
    }
    return {
      type: "status",
      contact,
      // No two templates leave in the same millisecond: the one that opens the window would be ambiguous.
      at_ms: second_ms + distinct(person, message),
      message_id: wamidOf(person, message),
      phone_number_id,
      status: kind,
      template,
      category,
      callback_data: has_callback ? ownIdOf(person, message) : undefined,
      ...(pricing === undefined ? {} : { pricing }),
    };
  }

  #contact(company: number, person: number, identifiers: IdentifierChoice): ContactIdentifiers {
    if (identifiers.startsWith("other")) this.#auditor.trace.countFault("other spelling");
    return givenContact(company, person, identifiers, this.#changed.has(`${company} ${person}`));
  }
}
