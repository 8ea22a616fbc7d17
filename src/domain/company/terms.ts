import type { NewVersion, Offer } from "../contract_changes.ts";
import { cancelPackage, changeContract, withdrawCancellation } from "../contract_changes.ts";
import { firstDateOf, monthOf, nextDate } from "../calendar.ts";
import { cancelsOn, termsOn } from "../contract.ts";
import { unchargedByCompany } from "../features.ts";
import type { Credits, FeatureCode, LocalDate } from "../types.ts";
import { SERVICE_MESSAGE } from "../types.ts";
import { lastingVersions } from "../versions.ts";
import type { CompanyView, Profile, Refused, Reply } from "./command.ts";
import { refused } from "./command.ts";
import { grantDueCredits, isFinal } from "./day_close.ts";
import type { Emit } from "./posting.ts";
import type { CompanyState, SettingsVersion } from "./state.ts";
import { lastChargedDate, settingsOn } from "./state.ts";

/**
 * Configures a company. Name, locale, country and numbers change at once. A new time zone or policy is a version that
 * takes effect on a local date that has not begun, so nothing already charged is recharged.
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
  const requested = isConfigured(state, profile, effective_from)
    ? []
    : requestedSettings(state, profile, effective_from);
  const { name, locale = state.locale, country = state.country, phone_number_ids = state.phone_number_ids } =
    profile;
  const is_profile_changed = name !== state.name || locale !== state.locale || country !== state.country ||
    phone_number_ids.join(" ") !== state.phone_number_ids.join(" ");
  if (is_profile_changed) emit({ type: "profile_changed", name, locale, country, phone_number_ids });
  for (const requested_settings of requested) {
    const settings: SettingsVersion = {
      ...requested_settings,
      version: state.settings.length + 1,
      recorded_at_ms: now_ms,
      recorded_by: by,
    };
    emit({ type: "settings_versioned", settings });
  }
  return { type: "company", view: companyView(state) };
}

/** Validates a profile; undefined when it is valid. */
export function validateProfile(state: CompanyState, profile: Profile): Refused | undefined {
  const first_uncharged = firstUnchargedDate(state);
  const from = profile.effective_from ?? first_uncharged;
  // Settings already in force may be sent again, however old they are.
  if (from >= first_uncharged || isConfigured(state, profile, from)) return undefined;
  return refuseBegunDate(from, first_uncharged);
}

/** Changes the contract to an offer, on the dates the rulebook gives each kind of change. */
export function applyContractOffer(
  state: CompanyState,
  emit: Emit,
  offer: Offer,
  by: string,
  now_ms: number,
): Reply {
  const today = state.today;
  const month_start = firstDateOf(monthOf(today));
  if (offer.starts_on !== undefined && offer.starts_on < month_start && !isAgreedStart(state, offer)) {
    const remedy = `give ${month_start} or later`;
    return refused("invalid_request", `${offer.starts_on} is in a closed month: ${remedy}`, ["starts_on"]);
  }
  const versions = changeContract(state.contract, offer, today);
  emitVersions(state, emit, versions, by, now_ms);
  return { type: "company", view: companyView(state) };
}

/**
 * Schedules the end of the package: the last day of the month its commitment ends in, or of the current month.
 */
export function cancelContract(state: CompanyState, emit: Emit, by: string, now_ms: number): Reply {
  const today = state.today;
  if (cancelsOn(state.contract, today) === null) {
    const version = cancelPackage(state.contract, today);
    if (version === undefined) {
      return refused("package_not_found", "there is no package to cancel: agree on a package first");
    }
    emitVersions(state, emit, [version], by, now_ms);
  }
  return { type: "company", view: companyView(state) };
}

/** Withdraws a scheduled cancellation: the package continues. A price agreed on for the time after stays. */
export function withdrawContractCancellation(
  state: CompanyState,
  emit: Emit,
  by: string,
  now_ms: number,
): Reply {
  const version = withdrawCancellation(state.contract, state.today);
  if (version === undefined) {
    return refused("cancellation_not_found", "no cancellation is scheduled: there is nothing to withdraw");
  }
  emitVersions(state, emit, [version], by, now_ms);
  return { type: "company", view: companyView(state) };
}

/**
 * Sets the company's rate override of a feature. The first one takes effect at once: for all dates if the
 * company never used the feature, else for later events. A later one takes effect on a local date that has not
 * begun.
 */
export function setRate(
  state: CompanyState,
  emit: Emit,
  request: { readonly feature: FeatureCode; readonly credits: Credits; readonly effective_from?: LocalDate },
  by: string,
  now_ms: number,
): Reply {
  const today = state.today;
  const { rate_card, overrides } = state.rates;
  const known = new Set([...rate_card.keys(), ...overrides.keys()]);
  const refusal = unchargedByCompany(request.feature, request.credits, known);
  if (refusal !== undefined) return refusal;
  const history = overrides.get(request.feature) ?? [];
  const first = history.length === 0;
  const requested_date = request.effective_from;
  const latest = history.at(-1);
  const at_once = first && (requested_date === undefined || requested_date === today);
  const first_uncharged = firstUnchargedDate(state);
  const holds = latest?.effective_from === requested_date ||
    (requested_date === undefined && (latest?.effective_from ?? "") <= first_uncharged);
  // The same price sent again is one version, however long ago it began.
  if (latest?.credits === request.credits && holds) return { type: "company", view: companyView(state) };
  if (!at_once && requested_date !== undefined && requested_date < first_uncharged) {
    return refuseBegunDate(requested_date, first_uncharged);
  }
  // Free service messages have no totals that tell whether there were any.
  const used = at_once &&
    (request.feature === SERVICE_MESSAGE || hasUsed(state, request.feature, undefined));
  const effective_from = at_once ? (used ? today : null) : requested_date ?? first_uncharged;
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

/** Returns a company's configuration: the current and the scheduled settings. */
export function companyView(state: CompanyState): CompanyView {
  const today = state.today;
  const settings = settingsOn(state.settings, today);
  return {
    name: state.name,
    locale: state.locale,
    country: state.country,
    phone_number_ids: state.phone_number_ids,
    today,
    settings,
    scheduled: scheduledSettings(state, settings),
    settings_history: state.settings,
    calendar: state.calendar,
    contract: state.contract,
    own_rates: [...state.rates.overrides.values()].flat(),
  };
}

/** Returns the next scheduled settings that differ from the current ones. */
function scheduledSettings(state: CompanyState, current: SettingsVersion): SettingsVersion | undefined {
  return lastingVersions(
    state.settings.filter((s) => s.effective_from > state.today && s.version > current.version),
  )
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
 * Whether an offer's start is the one already agreed on: a contract sent again may name a past start. A package
 * after none gets a new start.
 */
function isAgreedStart(state: CompanyState, offer: Offer): boolean {
  const agreed = termsOn(state.contract, state.today);
  const is_new_package = agreed?.package === null && offer.package !== null;
  return agreed?.starts_on === offer.starts_on && !is_new_package;
}

/** Whether a profile equals the settings in force from a date on, scheduled ones included. */
function isConfigured(state: CompanyState, profile: Profile, from: LocalDate): boolean {
  return settingsFrom(state, from).every((settings) =>
    settings.time_zone === profile.time_zone &&
    settings.template_in_open_window ===
      (profile.template_in_open_window ?? settings.template_in_open_window)
  );
}

/**
 * Returns the settings a profile requests, each from its date: one, unless the profile omits the policy and a
 * policy change is scheduled.
 */
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

/** Returns the settings in force on a date and the ones scheduled after it. */
function settingsFrom(state: CompanyState, from: LocalDate): SettingsVersion[] {
  const dates = state.settings.map((s) => s.effective_from).filter((date) => date > from);
  return [...new Set([from, ...dates.sort()].map((date) => settingsOn(state.settings, date)))];
}

/**
 * Returns the first local date without charges and without a fixed end: the next one, unless an event from a clock
 * ahead of ours is dated there. New terms from that date on recharge nothing, and a new zone moves no date.
 */
function firstUnchargedDate(state: CompanyState): LocalDate {
  const { today, calendar: { fixed } } = state;
  return nextDate(lastChargedDate(state, fixed.last > today ? fixed.last : today));
}

function refuseBegunDate(date: LocalDate, first_uncharged: LocalDate): Refused {
  const remedy = `give ${first_uncharged} or later, or omit the date for ${first_uncharged}`;
  return refused("invalid_request", `${date} has already begun: ${remedy}`, ["effective_from"]);
}

/**
 * Returns the current second (Meta's clock counts seconds), or just after the latest charge if a clock ahead of
 * ours made it: nothing is recharged. If the feature was not used today, that charge was another feature's.
 */
function effectiveFromNow(state: CompanyState, feature: FeatureCode, now_ms: number): number {
  const second_ms = now_ms - now_ms % 1000;
  if (feature !== SERVICE_MESSAGE && !hasUsed(state, feature, state.today)) return second_ms;
  return Math.max(second_ms, (state.latest_charged_ms ?? 0) + 1);
}

/**
 * Whether a feature was used on a date that can still change.
 *
 * @param since the first date to check; undefined for all
 */
function hasUsed(state: CompanyState, feature: FeatureCode, since: LocalDate | undefined): boolean {
  for (const [date, totals] of state.totals) {
    // A final date is never recharged.
    if (isFinal(state, date) || date < (since ?? date)) continue;
    for (const total of totals.values()) {
      const matches = feature === total.feature || feature.startsWith(`${total.feature}.`);
      if (matches && total.units !== 0) return true;
    }
  }
  return false;
}
