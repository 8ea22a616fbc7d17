import type { FC } from "hono/jsx";
import type { Strings } from "./strings/strings.ts";

/**
 * Whom a conversation is with; in their place, once they are not kept readable, that it is so. What that can mean is
 * for whoever has a pointer: everybody reads it in the receipt.
 */
export const Contact: FC<{ contact: string | null; strings: Strings }> = ({ contact, strings }) => {
  if (contact !== null) return <>{contact}</>;
  return <abbr title={strings.history.contact_removed_reason}>{strings.history.contact_removed}</abbr>;
};
