/** The calls of the API that the bench sends, each in turn to one of the companies. */

import { numberedCustomer } from "../../tests/support/payloads.ts";
import type { MixedCompany } from "./mixes.ts";
import type { RequestParts, RequestStream } from "./requests.ts";

/** `usage`: usage of a feature that costs a credit. `messages`: a template to a new contact, which opens a window. */
export type CallKind = "usage" | "messages";

/** The feature whose usage is reported. One credit each. */
export const BENCH_FEATURE = "bench.task";

const encoder = new TextEncoder();

/** An endless stream of calls. Each unit is new, and costs one credit. */
export class CallStream implements RequestStream {
  readonly companies: readonly MixedCompany[];
  readonly #kind: CallKind;
  readonly #units_each: number;
  readonly #admin_key: string;
  #requests = 0;
  #units = 0;

  /** @param units_each usages in one request; a message is always alone */
  constructor(companies: readonly MixedCompany[], kind: CallKind, units_each: number, admin_key: string) {
    this.companies = companies;
    this.#kind = kind;
    this.#units_each = units_each;
    this.#admin_key = admin_key;
  }

  next(): RequestParts {
    const company = this.#requests++ % this.companies.length;
    const units = Array.from({ length: this.#units_each }, () => this.#unit(this.#units++));
    const body = encoder.encode(JSON.stringify(units.length === 1 ? units[0] : units));
    const path = `/v1/companies/${this.companies[company]!.company}/${this.#kind}`;
    return { company, body, credits: units.length, head: callHead("POST", path, this.#admin_key, body) };
  }

  #unit(number: number): unknown {
    if (this.#kind === "usage") return { id: `usage-${number}`, feature: BENCH_FEATURE, quantity: 1 };
    const { phone } = numberedCustomer(number);
    return { message_id: `send-${number}`, to: phone, kind: "template", category: "marketing" };
  }
}

/** Returns the HTTP head of a call, without a body or with one. */
export function callHead(method: string, path: string, admin_key: string, body?: Uint8Array): string {
  const of_body = body === undefined
    ? []
    : ["Content-Type: application/json", `Content-Length: ${body.length}`];
  return [
    `${method} ${path} HTTP/1.1`,
    "Host: localhost",
    "Accept: application/json",
    `Authorization: Bearer ${admin_key}`,
    ...of_body,
    "",
    "",
  ].join("\r\n");
}
