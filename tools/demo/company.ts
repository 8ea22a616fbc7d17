import type { Profile } from "../../client/mod.ts";
import {
  type BusinessNumber,
  businessNumber,
  type Customer,
  numberedCustomer,
} from "../../tests/support/payloads.ts";
import type { SeededRandom } from "../../tests/support/seeded_random.ts";

const PROFILE = {
  name: "Padaria do Bairro",
  time_zone: "America/Sao_Paulo",
  locale: "pt-BR",
  country: "BR",
  phone_number_ids: [businessNumber(1).phone_number_id, businessNumber(2).phone_number_id],
  template_in_open_window: "charge",
} satisfies Profile;

/** The example company: a bakery with customers on WhatsApp. */
export const BAKERY = {
  company: "padaria-do-bairro",
  profile: PROFILE,
  /** Smaller than the use of a month, so that the first month has excess. */
  contract: contractOf(1_500, "135.00"),
  /** The terms from the second month on: large enough that credits are left on every day. */
  upgrade: contractOf(2_000, "170.00"),
  /** Its features besides WhatsApp, with their prices. */
  features: {
    "automation.run": { credits: 1, name: { "pt-BR": "Automação executada", en: "Automation run" } },
    "sms.sent": { credits: 2, name: { "pt-BR": "SMS enviado", en: "SMS sent" } },
  },
} as const;

/** The number that customers write to. */
export const COUNTER_LINE: BusinessNumber = businessNumber(1);
/** The number that sends templates. */
export const DELIVERY_LINE: BusinessNumber = businessNumber(2);

/** The number of regular customers. */
export const REGULARS = 90;

/** The first customer number of live traffic, above those of the story. */
export const NEW_CUSTOMERS_FROM = 1_000_000;

/** Returns a contract in the currency of all companies of the demo. */
export function contractOf(credits: number, price: string) {
  return {
    package: { credits, price },
    excess_credit_price: "0.12",
    currency: "BRL",
    first_month: "full" as const,
  };
}

/**
 * Returns a customer as one webhook identifies them: by phone, BSUID or both. Meta does not always use the same
 * identifiers for a person, and some old accounts have a phone without the ninth digit.
 */
export function customerAsSent(number: number, random: SeededRandom): Customer {
  const whole = numberedCustomer(number);
  const { phone, bsuid, name } = whole;
  if (number % 6 === 0) return { bsuid, name };
  if (number % 6 === 1) return { phone, name };
  const chance = random.fraction();
  if (chance < 0.1) return { bsuid, name };
  if (chance < 0.3) return { phone: withoutNinthDigit(phone), bsuid, name };
  return whole;
}

/** Removes the ninth digit, which mobile numbers in São Paulo have had since 2012. */
function withoutNinthDigit(phone: string): string {
  return phone.slice(0, 4) + phone.slice(5);
}
