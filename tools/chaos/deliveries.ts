/**
 * The deliveries of chaos: webhooks of several companies, usage reports and sends. Each carries its facts, so that a
 * plain fold computes the charges.
 */

import type { SeededRandom } from "../../tests/support/seeded_random.ts";
import {
  type BusinessNumber,
  businessNumber,
  type Change,
  customerWrote,
  signedBody,
  statusesOf,
  type StatusSpec,
  wamid,
  webhookOf,
} from "../../tests/support/payloads.ts";
import type { Fact } from "../../tests/support/oracle.ts";
import { SECRETS } from "../../tests/support/service.ts";

/** A company that receives deliveries. */
export interface Company {
  readonly id: string;
  readonly line: BusinessNumber;
  readonly time_zone: string;
}

/** A fact and its company. */
export interface CompanyFact {
  readonly company: Company;
  readonly fact: Fact;
}

/** One request and its answer. */
export interface Delivery {
  readonly name: string;
  readonly kind: "webhook" | "usage" | "send";
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array<ArrayBuffer>;
  readonly facts: readonly CompanyFact[];
  /** The body of its 200 answer, if it got one. */
  answer: string | undefined;
}

/** The feature whose usage is reported, with its price. */
export const USED_FEATURE = { feature: "automation.run", credits: 2 } as const;

const CATEGORIES = ["marketing", "utility", "authentication"] as const;
const OUTCOMES = ["sent", "delivered", "read", "failed", "failed_unsent"] as const;
const BATCH_MAX = 20;

/** Creates deliveries. Each fact is in one delivery only. */
export class Deliveries {
  readonly companies: readonly Company[];
  readonly #random: SeededRandom;
  readonly #now_ms: () => number;
  #contacts = 0;
  #created = 0;
  /** The contacts so far, some of which write again. */
  readonly #known_contacts = new Map<Company, string[]>();

  /** @param now_ms returns the service's time */
  constructor(companies: readonly Company[], random: SeededRandom, now_ms: () => number) {
    this.companies = companies;
    this.#random = random;
    this.#now_ms = now_ms;
  }

  /** Returns the next deliveries: one, or all of one message in any order, as Meta may send them. */
  next(): Delivery[] {
    const company = this.#random.pick(this.companies);
    const chance = this.#random.fraction();
    if (chance < 0.4) return [this.#messages(company, 1)];
    if (chance < 0.6) return [this.#messages(company, this.#random.between(2, BATCH_MAX))];
    if (chance < 0.65) return [this.#messagesToTwo(company)];
    if (chance < 0.8) return this.#template(company);
    return chance < 0.9 ? [this.#usage(company)] : this.#send(company);
  }

  /** Returns a webhook of messages of new contacts, of one company. */
  newPeople(people: number): Delivery {
    const company = this.#random.pick(this.companies);
    return this.#webhook(Array.from({ length: people }, () => this.#messageOf(company, this.#newContact())));
  }

  #messages(company: Company, messages: number): Delivery {
    const parts = Array.from({ length: messages }, () => this.#message(company));
    return this.#webhook(parts);
  }

  #messagesToTwo(company: Company): Delivery {
    const other = this.#random.pick(this.companies);
    return this.#webhook([company, other, company, other].map((each) => this.#message(each)));
  }

  /** A message of a new contact, which opens a window, or sometimes of a known one. */
  #message(company: Company): Part {
    const known_contacts = this.#known_contacts.get(company) ?? [];
    const phone = known_contacts.length > 0 && this.#random.chance(0.1)
      ? this.#random.pick(known_contacts)
      : this.#newContact();
    this.#known_contacts.set(company, [...known_contacts, phone]);
    return this.#messageOf(company, phone);
  }

  #messageOf(company: Company, phone: string): Part {
    const at_s = this.#now_s();
    const id = wamid(`${company.id} ${this.#created++}`);
    return {
      change: customerWrote(company.line, { phone }, { id, at_s }),
      facts: [{ company, fact: { type: "wrote", who: { phone, bsuid: undefined }, at_ms: at_s * 1000 } }],
    };
  }

  #template(company: Company): Delivery[] {
    const phone = this.#newContact();
    const id = wamid(`${company.id} ${this.#created++}`);
    const category = this.#random.pick(CATEGORIES);
    const parts = this.#statusesOf(company, phone, { id, category }, this.#random.pick(OUTCOMES));
    if (this.#random.chance(0.5)) return [this.#webhook(parts)];
    return this.#random.pickSome(parts, parts.length).map((part) => this.#webhook([part]));
  }

  /** A send report and Meta's statuses of it, linked by its wamid or by callback data. */
  #send(company: Company): Delivery[] {
    const phone = this.#newContact();
    const at_ms = this.#now_s() * 1000;
    const message = wamid(`${company.id} ${this.#created++}`);
    const callback = this.#random.chance(0.5) ? `campaign-${this.#created++}` : undefined;
    const category = this.#random.pick(CATEGORIES);
    const message_id = callback ?? message;
    const sent_at = Temporal.Instant.fromEpochMilliseconds(at_ms).toString();
    const sent = this.#call(company, "send", "messages", {
      message_id,
      to: phone,
      kind: "template",
      category,
      sent_at,
    }, [{
      type: "send",
      who: { phone, bsuid: undefined },
      message: message_id,
      category,
      at_ms,
    }]);
    if (this.#random.chance(0.3)) return [sent];
    const statuses = this.#statusesOf(
      company,
      phone,
      { id: message, callback },
      this.#random.pick(["sent", "failed"]),
    );
    return this.#random.pickSome([sent, this.#webhook(statuses)], 2);
  }

  #usage(company: Company): Delivery {
    const usages = Array.from({ length: this.#random.between(1, 5) }, () => ({
      id: `usage-${this.#created++}`,
      feature: USED_FEATURE.feature,
      quantity: this.#random.between(1, 9),
      at_ms: this.#now_s() * 1000,
    }));
    const body = usages.map(({ at_ms, ...usage }) => ({
      ...usage,
      occurred_at: Temporal.Instant.fromEpochMilliseconds(at_ms).toString(),
    }));
    return this.#call(company, "usage", "usage", body, usages.map((usage) => ({ type: "usage", ...usage })));
  }

  #statusesOf(
    company: Company,
    phone: string,
    message: { readonly id: string; readonly category?: string; readonly callback?: string },
    outcome: typeof OUTCOMES[number],
  ): Part[] {
    const at_s = this.#now_s();
    const steps = {
      sent: [["sent", 0]],
      delivered: [["sent", 0], ["delivered", 1]],
      read: [["sent", 0], ["delivered", 1], ["read", 20]],
      failed: [["sent", 0], ["failed", 1]],
      failed_unsent: [["failed", 1]],
    } as const;
    const { id, category, callback } = message;
    return steps[outcome].map(([status, after_s]) => {
      const spec: StatusSpec = {
        id,
        status,
        at_s: at_s + after_s,
        ...(category === undefined ? {} : { category }),
        ...(callback === undefined ? {} : { callback_data: callback }),
        ...(status === "failed" ? { error_code: 131_026 } : {}),
      };
      return {
        change: statusesOf(company.line, { phone }, spec),
        facts: [{
          company,
          fact: {
            type: "status",
            who: { phone, bsuid: undefined },
            message: id,
            status,
            at_ms: spec.at_s * 1000,
            template: category !== undefined,
            category,
            callback,
          },
        }],
      };
    });
  }

  #webhook(parts: readonly Part[]): Delivery {
    const payload = webhookOf(...parts.map(({ change }) => change));
    const { body, signature } = signedBody(payload, SECRETS.META_APP_SECRET);
    return {
      name: `webhook ${this.#created++}`,
      kind: "webhook",
      path: "/webhooks/whatsapp",
      headers: { "content-type": "application/json", "x-hub-signature-256": signature },
      body,
      facts: parts.flatMap(({ facts }) => facts),
      answer: undefined,
    };
  }

  #call(
    company: Company,
    kind: "usage" | "send",
    path: string,
    body: unknown,
    facts: readonly Fact[],
  ): Delivery {
    return {
      name: `${kind} ${this.#created++}`,
      kind,
      path: `/v1/companies/${company.id}/${path}`,
      headers: { "content-type": "application/json", authorization: `Bearer ${SECRETS.ADMIN_KEY}` },
      body: new TextEncoder().encode(JSON.stringify(body)),
      facts: facts.map((fact) => ({ company, fact })),
      answer: undefined,
    };
  }

  #newContact(): string {
    return `55119${80_000_000 + this.#contacts++}`;
  }

  #now_s(): number {
    return Math.floor(this.#now_ms() / 1000);
  }
}

interface Part {
  readonly change: Change;
  readonly facts: readonly CompanyFact[];
}

/** Returns the companies of one round, with unique ids and phone numbers. All but the last share a time zone. */
export function companiesOf(round: number, count: number): Company[] {
  return Array.from({ length: count }, (_, i) => ({
    id: `round-${round}-${i + 1}`,
    line: businessNumber(round * 100 + i + 1),
    time_zone: i === count - 1 ? "Asia/Kathmandu" : "America/Sao_Paulo",
  }));
}
