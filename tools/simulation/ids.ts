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

/** Returns the phone of a person. */
export function phoneOf(company: number, person: number): string {
  return `55119876${company}000${person}`;
}

/** Returns the phone of a person after a number change. */
export function secondPhoneOf(company: number, person: number): string {
  return `55219876${company}000${person}`;
}

/** Returns the wamid of a message. */
export function wamidOf(person: number, message: number): string {
  return `wamid.x${person}y${message}`;
}

/** Returns our own id of a message. */
export function ownIdOf(person: number, message: number): string {
  return `own0x${person}y${message}`;
}
