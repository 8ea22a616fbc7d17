import type { Template } from "../contact_day.ts";
import { labelText } from "../labels.ts";
import type { Credits, LocalDate, MessageKey } from "../types.ts";
import { credits } from "../types.ts";
import { isFinal } from "./day_close.ts";
import type { RecordedFact } from "./identify.ts";
import { chargesBeforeAndAfter } from "./identify.ts";
import type { Person } from "./person.ts";
import { templatesOf } from "./person.ts";
import type { Emit } from "./posting.ts";
import { postChargeChange } from "./posting.ts";
import type { CompanyState } from "./state.ts";

/**
 * Applies a change to a person's messages and posts the change of the charge. An earlier timestamp that arrives
 * late can move a template to another date, so every date with a differing template is recalculated.
 *
 * @param ids messages and records the change affects; all other templates stay as they are
 * @returns additional credits owed (negative: fewer) over all those dates
 */
export function updateTemplates(
  state: CompanyState,
  emit: Emit,
  person: Person,
  source: RecordedFact,
  ids: ReadonlySet<MessageKey>,
  change: () => void,
): Credits {
  const before = templatesOf(person, ids);
  change();
  const after = templatesOf(person, ids);
  const dates = new Set<LocalDate>();
  for (const template of differingTemplates(before, after)) {
    dates.add(state.calendar.dateOf(template.left_at_ms));
  }
  let credits_difference = 0;
  for (const local_date of [...dates].sort()) {
    // A status that would change a final month goes to quarantine. A send record is answered instead and does
    // not change a template known from statuses.
    if (isFinal(state, local_date)) continue;
    const [charged, owed] = chargesBeforeAndAfter(state, person, local_date, before, after);
    const difference = { contact: person.id, local_date, before: [charged], after: owed, ...source };
    credits_difference += postChargeChange(state, emit, difference);
  }
  return credits(credits_difference);
}

/** Returns the templates that are in one list and not, or not equal, in the other. */
export function differingTemplates(before: readonly Template[], after: readonly Template[]): Template[] {
  const text = ({ key, left_at_ms, category, phone_number_id, attribution }: Template) =>
    `${key} ${left_at_ms} ${category} ${phone_number_id} ${labelText(attribution)}`;
  const in_before = new Set(before.map(text));
  const in_after = new Set(after.map(text));
  return [...before.filter((t) => !in_after.has(text(t))), ...after.filter((t) => !in_before.has(text(t)))];
}
