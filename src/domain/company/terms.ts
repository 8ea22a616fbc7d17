import type { NewVersion, Offer } from "../contract_changes.ts";
import { cancelPackage, changeContract, withdrawCancellation } from "../contract_changes.ts";
import { firstDateOf, monthOf, nextDate } from "../calendar.ts";
import { cancelsOn, termsOn } from "../contract.ts";
import type { Credits, FeatureCode, LocalDate } from "../types.ts";
import type { CompanyView, Profile, Refused, Reply } from "./command.ts";
import { refused } from "./command.ts";
import { grantDueCredits, isFinal } from "./day_close.ts";
import type { Emit } from "./posting.ts";
import type { CompanyState, SettingsVersion } from "./state.ts";
import { calendarOf, settingsOn } from "./state.ts";

/**
 * Configures a company. Name, locale and numbers hold at once; a new time zone or policy is a version that
 * holds from a local date that has not begun, so that nothing already charged is charged anew.
 */
export function configure(
  state: CompanyState,
  emit: Emit,
  profile: Profile,
  by: string,
  now_ms: number,
): Reply {
  const refusal = validateProfile(state, profile);
  if (refusal !== undefined) return refusal;
  const effective_from = profile.effective_from ?? firstUnchargedDate(state);
  const asked = isConfigured(state, profile, effective_from)
    ? []
    : requestedSettings(state, profile, effective_from);
  const { name, locale = state.locale, phone_number_ids = state.phone_number_ids } = profile;
  const renamed = name !== state.name || locale !== state.locale ||
    phone_number_ids.join(" ") !== state.phone_number_ids.join(" ");
  if (renamed) emit({ type: "profile_changed", name, locale, phone_number_ids });
  for (const settings_asked of asked) {
    const settings: SettingsVersion = {
      ...settings_asked,
      version: state.settings.length + 1,
      recorded_at_ms: now_ms,
      recorded_by: by,
    };
    const next_due_at_ms = calendarOf([...state.settings, settings]).day(state.today).end_ms;
    emit({ type: "settings_versioned", settings, next_due_at_ms });
  }
  return { type: "company", view: companyView(state) };
}

/** Why a company cannot be configured so; undefined when it can. */
export function validateProfile(state: CompanyState, profile: Profile): Refused | undefined {
  const untouched = firstUnchargedDate(state);
  const from = profile.effective_from ?? untouched;
  // What holds already may be put again, however long ago it began.
  if (from >= untouched || isConfigured(state, profile, from)) return undefined;
  return refuseBegunDate(from, untouched);
}

/** Makes the contract what is asked for, as of the dates the rulebook gives each kind of change. */
export function applyContractOffer(
  state: CompanyState,
  emit: Emit,
  offer: Offer,
  by: string,
  now_ms: number,
): Reply {
  const today = state.today;
  const opened = firstDateOf(monthOf(today));
  if (offer.starts_on !== undefined && offer.starts_on < opened && !isAgreedStart(state, offer)) {
    const remedy = `give a date from ${opened} on`;
    return refused("invalid", `${offer.starts_on} lies in a month that is closed: ${remedy}`, ["starts_on"]);
  }
  const versions = changeContract(state.contract, offer, today);
  emitVersions(state, emit, versions, by, now_ms);
  return { type: "company", view: companyView(state) };
}

/** Schedules the end of the package: the last day of the month its commitment ends in, or of this one. */
export function cancelContract(state: CompanyState, emit: Emit, by: string, now_ms: number): Reply {
  const today = state.today;
  if (cancelsOn(state.contract, today) === null) {
    const version = cancelPackage(state.contract, today);
    if (version === undefined) {
      return refused("no_package", "there is no package in force to cancel: agree on one first");
    }
    emitVersions(state, emit, [version], by, now_ms);
  }
  return { type: "company", view: companyView(state) };
}

/** Takes a scheduled cancellation back: the package goes on. A price that was agreed on with its end stays. */
export function withdrawContractCancellation(
  state: CompanyState,
  emit: Emit,
  by: string,
  now_ms: number,
): Reply {
  const version = withdrawCancellation(state.contract, state.today);
  if (version === undefined) return refused("no_cancellation", "no cancellation is scheduled");
  emitVersions(state, emit, [version], by, now_ms);
  return { type: "company", view: companyView(state) };
}

/**
 * Sets the company's own price of a feature. The first holds at once: from always if the company never used
 * the feature, else for what happens from now on; a later one from a local date that has not begun.
 */
export function setRate(
  state: CompanyState,
  emit: Emit,
  request: { readonly feature: FeatureCode; readonly credits: Credits; readonly effective_from?: LocalDate },
  by: string,
  now_ms: number,
): Reply {
  const today = state.today;
  const history = state.rates.overrides.get(request.feature) ?? [];
  const first = history.length === 0;
  const given = request.effective_from;
  const latest = history.at(-1);
  const at_once = first && (given === undefined || given === today);
  const untouched = firstUnchargedDate(state);
  const holds = latest?.effective_from === given ||
    (given === undefined && (latest?.effective_from ?? "") <= untouched);
  // Put twice it is one price, however long ago it began.
  if (latest?.credits === request.credits && holds) return { type: "company", view: companyView(state) };
  if (!at_once && given !== undefined && given < untouched) return refuseBegunDate(given, untouched);
  const used = at_once && hasUsed(state, request.feature, undefined);
  const effective_from = at_once ? (used ? today : null) : given ?? untouched;
  emit({
    type: "rate_versioned",
    rate: {
      company: state.company,
      feature: request.feature,
      version: history.length + 1,
      credits: request.credits,
      effective_from,
      from_ms: used ? effectiveFromNow(state, request.feature, now_ms) : null,
      recorded_at_ms: now_ms,
      recorded_by: by,
    },
  });
  return { type: "company", view: companyView(state) };
}

/** A company as people configure it: what holds today, and what is scheduled. */
export function companyView(state: CompanyState): CompanyView {
  const today = state.today;
  const settings = settingsOn(state.settings, today);
  return {
    name: state.name,
    locale: state.locale,
    phone_number_ids: state.phone_number_ids,
    today,
    settings,
    scheduled: scheduledSettings(state, settings),
    settings_history: state.settings,
    contract: state.contract,
    own_rates: [...state.rates.overrides.values()].flat(),
  };
}

/** The next settings that will hold and differ from those that do. */
function scheduledSettings(state: CompanyState, current: SettingsVersion): SettingsVersion | undefined {
  return state.settings
    .filter((s) => s.effective_from > state.today && s.version > current.version)
    .filter((s, _, all) => !all.some((t) => t.version > s.version && t.effective_from <= s.effective_from))
    .sort((a, b) => a.effective_from < b.effective_from ? -1 : 1)
    .find((s) =>
      s.time_zone !== current.time_zone || s.template_in_open_window !== current.template_in_open_window
    );
}

function emitVersions(
  state: CompanyState,
  emit: Emit,
  versions: readonly NewVersion[],
  by: string,
  now_ms: number,
): void {
  for (const version of versions) {
    const number = state.contract.length + 1;
    emit({
      type: "contract_versioned",
      version: { ...version, version: number, recorded_at_ms: now_ms, recorded_by: by },
    });
  }
  grantDueCredits(state, emit, now_ms, now_ms);
}

/**
 * Whether an offer's start is the one already agreed on: a contract put again names it, however long ago it
 * was. A package that is taken up anew starts anew.
 */
function isAgreedStart(state: CompanyState, offer: Offer): boolean {
  const agreed = termsOn(state.contract, state.today);
  const taken_up = agreed?.package === null && offer.package !== null;
  return agreed?.starts_on === offer.starts_on && !taken_up;
}

/** Whether a profile asks for the settings that hold from a date on, now and later. */
function isConfigured(state: CompanyState, profile: Profile, from: LocalDate): boolean {
  return settingsFrom(state, from).every((settings) =>
    settings.time_zone === profile.time_zone &&
    settings.template_in_open_window ===
      (profile.template_in_open_window ?? settings.template_in_open_window)
  );
}

/** The settings a profile asks for, each from its date: one, unless a policy it leaves as it is waits for another. */
function requestedSettings(
  state: CompanyState,
  { time_zone, template_in_open_window: policy }: Profile,
  from: LocalDate,
): Pick<SettingsVersion, "effective_from" | "time_zone" | "template_in_open_window">[] {
  return settingsFrom(state, from)
    .map(({ effective_from, template_in_open_window }) => ({
      effective_from: effective_from < from ? from : effective_from,
      time_zone,
      template_in_open_window: policy ?? template_in_open_window,
    }))
    .filter((settings, i, all) => settings.template_in_open_window !== all[i - 1]?.template_in_open_window);
}

/** The settings that hold on a date, and those that will take over from them. */
function settingsFrom(state: CompanyState, from: LocalDate): SettingsVersion[] {
  const dates = state.settings.map((s) => s.effective_from).filter((date) => date > from);
  return [...new Set([from, ...dates.sort()].map((date) => settingsOn(state.settings, date)))];
}

/**
 * The first local date of which nothing has been charged: the next one, unless an event from a clock that runs
 * ahead of ours has been. Terms that change from it on charge nothing anew.
 */
function firstUnchargedDate(state: CompanyState): LocalDate {
  let latest = state.today;
  for (const date of state.totals.keys()) if (date > latest) latest = date;
  return nextDate(latest);
}

function refuseBegunDate(date: LocalDate, untouched: LocalDate): Refused {
  const remedy = `give a date from ${untouched} on, or none for that`;
  return refused("invalid", `${date} has already begun: ${remedy}`, ["effective_from"]);
}

/**
 * From this second on, for Meta's clock counts seconds; but after all that has been charged, also by a clock that runs
 * ahead: nothing is charged anew. Where the feature was not used since midnight, what was charged is of another one.
 */
function effectiveFromNow(state: CompanyState, feature: FeatureCode, now_ms: number): number {
  const second_ms = now_ms - now_ms % 1000;
  if (!hasUsed(state, feature, state.today)) return second_ms;
  return Math.max(second_ms, (state.latest_charged_ms ?? 0) + 1);
}

/** @param since the first date that counts; undefined for all that can still change */
function hasUsed(state: CompanyState, feature: FeatureCode, since: LocalDate | undefined): boolean {
  for (const [date, totals] of state.totals) {
    // What can change no more is not charged anew by any price.
    if (isFinal(state, date) || date < (since ?? date)) continue;
    for (const total of totals.values()) {
      const counts = feature === total.feature || feature.startsWith(`${total.feature}.`);
      if (counts && total.units !== 0) return true;
    }
  }
  return false;
}
