import type { CompanyId } from "../../src/domain/types.ts";

/** Returns the id of a company. */
export function companyNamed(company: number): CompanyId {
  return `company-${company}` as CompanyId;
}

/** Returns the phone number id of a company. */
export function numberOf(company: number): string {
  return `10654000000000${company}`;
}

/** Returns the second phone number id of a company. */
export function secondNumberOf(company: number): string {
  return `20654000000000${company}`;
}

/** The phone number id that moves between companies. */
export const MOVING_NUMBER = "306540000000000";

/** Returns the phone number ids of a company. */
export function numbersOf(
  company: number,
  { new_number, moving_number }: { readonly new_number: boolean; readonly moving_number: boolean },
): string[] {
  const numbers = [numberOf(company)];
  if (new_number) numbers.push(secondNumberOf(company));
  if (moving_number) numbers.push(MOVING_NUMBER);
  return numbers;
}

/** Returns the phone of a person: of Brazil, Mexico or Argentina, which have two spellings. */
export function phoneOf(company: number, person: number): string {
  return `${["55119876", "52551234", "54114321"][person]}${company}00${person === 0 ? "00" : person}`;
}

/** Returns the phone of a person after a number change: of Côte d'Ivoire. */
export function secondPhoneOf(company: number, person: number): string {
  return `225070712${company}00${person}`;
}

/** Returns the other spelling of a person's phone. */
export function otherSpelling(phone: string): string {
  if (phone.startsWith("5511")) return `5511${phone.slice(5)}`;
  if (phone.startsWith("52")) return `521${phone.slice(2)}`;
  if (phone.startsWith("54")) return `549${phone.slice(2)}`;
  return `225${phone.slice(5)}`;
}

/** Returns the wamid of a message. */
export function wamidOf(person: number, message: number): string {
  return `wamid.x${person}y${message}`;
}

/** Returns our own id of a message. */
export function ownIdOf(person: number, message: number): string {
  return `own0x${person}y${message}`;
}

/** Returns milliseconds by which the times of two messages of a company differ. */
export function distinct(person: number, message: number): number {
  return person * 100 + message;
}
