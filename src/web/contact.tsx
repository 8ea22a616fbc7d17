import type { FC } from "hono/jsx";
import type { Strings } from "./strings/strings.ts";

/**
 * Shows the contact of a conversation, or that the contact was removed. The tooltip gives the possible reasons; the
 * receipt shows the same text to everyone.
 */
export const Contact: FC<{ contact: string | null; strings: Strings }> = ({ contact, strings }) => {
  if (contact !== null) return <>{contact}</>;
  return <abbr title={strings.history.contact_removed_reason}>{strings.history.contact_removed}</abbr>;
};
