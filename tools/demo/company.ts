import {
  type BusinessNumber,
  businessNumber,
  type Customer,
  numberedCustomer,
} from "../../tests/support/payloads.ts";
import type { SeededRandom } from "../../tests/support/seeded_random.ts";

/** The example company: a bakery that talks to its neighbourhood over WhatsApp. */
export const BAKERY = {
  company: "padaria-do-bairro",
  profile: {
    name: "Padaria do Bairro",
    time_zone: "America/Sao_Paulo",
    locale: "pt-BR",
    phone_number_ids: [businessNumber(1).phone_number_id, businessNumber(2).phone_number_id],
    template_in_open_window: "charge",
  },
  /** Smaller than what a month of the story costs, so that its first month has excess to look at. */
  contract: contractOf(1_500, "135.00"),
  /** What it agrees on for its second month, so that whoever comes on whatever day sees credits left, and go. */
  upgrade: contractOf(2_000, "170.00"),
  /** What it uses beside WhatsApp, with what a unit costs. */
  features: {
    "automation.run": { credits: 1, name: { "pt-BR": "Automação executada", en: "Automation run" } },
    "sms.sent": { credits: 2, name: { "pt-BR": "SMS enviado", en: "SMS sent" } },
  },
} as const;

/** The counter's number, which customers write to. */
export const COUNTER_LINE: BusinessNumber = businessNumber(1);
/** The number orders and offers go out from. */
export const DELIVERY_LINE: BusinessNumber = businessNumber(2);

/** How many customers the bakery knows by name. */
export const REGULARS = 90;

/** Customers of live traffic are numbered from here on, apart from everybody the story knows. */
export const NEW_CUSTOMERS_FROM = 1_000_000;

function contractOf(credits: number, price: string) {
  return { package: { credits, price }, excess_credit_price: "0.12", currency: "BRL", first_month: "full" };
}

/**
 * How a customer shows in one webhook. Meta tells a phone, a BSUID or both, not always the same of one person,
 * and some old accounts have a phone without the ninth digit.
 */
export function customerAsSent(number: number, dice: SeededRandom): Customer {
  const whole = numberedCustomer(number);
  const { phone, bsuid, name } = whole;
  if (number % 6 === 0) return { bsuid, name };
  if (number % 6 === 1) return { phone, name };
  const chance = dice.fraction();
  if (chance < 0.1) return { bsuid, name };
  if (chance < 0.3) return { phone: withoutNinthDigit(phone), bsuid, name };
  return whole;
}

/** A mobile of São Paulo as it was written until 2012. */
function withoutNinthDigit(phone: string): string {
  return phone.slice(0, 4) + phone.slice(5);
}
