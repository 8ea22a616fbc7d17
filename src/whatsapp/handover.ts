import { type Fields, isFields, millisecondsOf, shortName } from "./fields.ts";
import { identifiersOf } from "./people.ts";
import { countIgnored, type Reading } from "./reading.ts";

/**
 * Reads the value of a `messaging_handovers` change: the conversation with a person passed to another sender, such as
 * Meta's own agent. It is noted when it names the person, the company's number and a time, and counted otherwise: it
 * charges nothing either way. Source: Meta, WhatsApp Business Platform, "messaging_handovers webhook reference".
 */
export function readHandover(value: unknown, reading: Reading): void {
  const { type, timestamp, sender, recipient, metadata } = isFields(value) ? value : {} as Fields;
  const business = isFields(recipient) ? recipient : isFields(metadata) ? metadata : {} as Fields;
  const phone_number_id = shortName(business.phone_number_id);
  const at_ms = millisecondsOf(timestamp);
  const contact = isFields(sender)
    ? identifiersOf(sender.phone_number ?? sender.wa_id, sender.user_id, sender.parent_user_id)
    : identifiersOf(undefined, undefined);
  const identifier = contact.phone ?? contact.bsuid;
  if (phone_number_id === undefined || at_ms === undefined || identifier === undefined) {
    return countIgnored(reading, "messaging_handovers");
  }
  const message_type = shortName(type) ?? "unknown";
  reading.events.push({
    type: "noted",
    phone_number_id,
    contact,
    at_ms,
    // A handover has no id of its own. This one is the same for every redelivery.
    message_id: `handover ${message_type} ${at_ms} ${identifier}`,
    kind: "handover",
    message_type,
  });
}
