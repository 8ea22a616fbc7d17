import type { ContactClues } from "./phone.ts";

/**
 * Clues in the one form they are looked up and hashed in: `p` and the canonical phone, `b` and the BSUID.
 * The letter keeps the two apart.
 */
export function clueTexts(contact: ContactClues): readonly string[] {
  const { phone, bsuid } = contact;
  if (phone === undefined) return bsuid === undefined ? [] : [`b${bsuid}`];
  return bsuid === undefined ? [`p${phone}`] : [`p${phone}`, `b${bsuid}`];
}

export function isPhoneClue(clue: string): boolean {
  return clue.startsWith("p");
}

/** What a person would read: the phone's digits, or the BSUID. */
export function readableClue(clue: string): string {
  return clue.slice(1);
}
