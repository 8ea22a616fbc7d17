import type { FC } from "hono/jsx";
import type { Strings } from "./strings/strings.ts";

/**
 * Shows the contact of a conversation, or that the contact was removed. The tooltip gives the possible reasons; the
 * receipt shows the same text to everyone.
 */
export const Contact: FC<{ contact: string | null; strings: Strings }> = ({ contact, strings }) => {
  if (contact !== null) return <>{contactText(contact)}</>;
  return <abbr title={strings.history.contact_removed_reason}>{strings.history.contact_removed}</abbr>;
};

/** Formats a phone for people, in the groups of a masked one: `+55 11 98765-4321`. Other contacts stay as they are. */
function contactText(contact: string): string {
  if (!/^\d+$/.test(contact)) return contact;
  const [, area, rest, last] = contact.match(/^55(\d\d)(\d{4,5})(\d{4})$/) ?? [];
  return area === undefined ? `+${contact}` : `+55 ${area} ${rest}-${last}`;
}
