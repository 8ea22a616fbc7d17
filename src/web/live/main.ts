/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/// <reference lib="dom.asynciterable" />

/**
 * Makes the page live. The page works without this script: the server renders it, and renders it again with the same
 * components after a change.
 *
 * PAGE-1. A new balance appears in one step: credits, money, shares, the month's chart and its table. The page is rendered
 *     at most once a second, and less often the longer a rendering takes, so that open pages do not add load to a busy
 *     service. While nothing was rendered lately the whole page moves with the balance, in one step. Otherwise the balance
 *     appears at once, and the parts that wait for a rendering, each of one version, say as of when they are. A balance
 *     that needs other texts, colours or dates is rendered at once.
 * PAGE-2. The connection state that the page shows is true within 10 seconds. A page that lacks the newest balance longer
 *     than that is not live.
 * PAGE-3. Links and filters lead to the same addresses as without script, and the address bar shows them.
 * PAGE-4. A hidden tab is not rendered and follows no balance. It catches up when it becomes visible.
 * PAGE-5. When the service does not answer a click within 8 seconds, the page says so and stays as it is,
 *     until the service answers again or the viewer closes the notice.
 */

import { PAGE_ALERT_TYPES } from "../alert_types.ts";
import { formatsIn } from "../format.ts";
import { formatCountdown } from "../countdown.ts";
import { ServerClock } from "./clock.ts";
import { type ConnectionState, follow, type LiveAlert, type LiveBalance } from "./connection.ts";
import { type LoadResult, renderInPlace } from "./document.ts";
import { fitsPage, updateFigures } from "./numbers.ts";
import { shapeOf } from "./shape.ts";
import { followCharts, refreshTooltips } from "./tooltip.ts";
import { hideUnanswered, showUnanswered } from "./unanswered.ts";

const RENDER_INTERVAL_MS = 1_000;
/** The longest that a balance waits for a rendering, so that the whole page moves in one step. */
const HOLD_MS = 250;
/** The time between two renderings is at least this multiple of the rendering time. */
const RENDER_TIME_FACTOR = 20;
/** The same while the page lacks the newest balance. */
const HURRIED_TIME_FACTOR = 2;
const RETRY_AFTER_MS = 5_000;
/** How long the page may lack the newest balance and be marked live. */
const OVERDUE_MS = 5_000;
/** How long after the end of the day the page is rendered: the service may need a moment to close the day. */
const DAY_CLOSE_GRACE_MS = 1_500;

/** An alert that was raised up to this time before a rendering may have been stored after it. */
const ALERT_COMMIT_MS = 60_000;
/** How long the service reuses a rendering, which may lack an alert: alerts do not change the version. */
const RENDERING_REUSED_MS = 1_100;

const { body } = document;
const clock = new ServerClock(body.dataset.asOf!);
/** The last balance that arrived. */
let newest: LiveBalance | undefined;
/** The state of the connection to the service. */
let connection: ConnectionState | undefined;
/** Since when the page lacks the newest balance, which needs a rendering. */
let lacks_newest_since_ms: number | undefined;
/** The shape that a rendering was hurried for. */
let hurried_shape: string | undefined;
/** The earliest time of the next rendering. */
let render_after_ms = performance.now();
let render_timer: ReturnType<typeof setTimeout> | undefined;
/** Requested documents that have not arrived. */
let loads_in_flight = 0;
/** Whether the page has changed since it was rendered. */
let is_render_due = false;

void follow(body.dataset.company!, {
  onBalance,
  onAlert,
  onConnection: showConnection,
  onAlive: showFreshness,
});
followCharts();
setInterval(tick, 1_000);
document.addEventListener("visibilitychange", () => document.hidden || !is_render_due || scheduleRender());
document.addEventListener("click", onClick);
document.addEventListener("submit", onSubmit);
document.addEventListener("keydown", onKey);
addEventListener("popstate", () => void visit(location.href, false));

function onBalance(balance: LiveBalance): void {
  clock.sync(balance.as_of);
  newest = balance;
  if (balance.version > Number(body.dataset.version) || balance.period !== body.dataset.period) {
    if (!fitsPage(balance, body)) hurryRender(balance);
    if (isRenderedNow()) setTimeout(showNewest, HOLD_MS);
    else showNewest();
    scheduleRender();
  }
}

/** Lets the page show a new alert. A stream begins with recent ones, which the page has. */
function onAlert({ id, type, raised_at }: LiveAlert): void {
  const is_recent = Date.parse(raised_at) > Date.parse(body.dataset.asOf!) - ALERT_COMMIT_MS;
  if (!is_recent || !PAGE_ALERT_TYPES.some((shown) => shown === type) || document.getElementById(id)) return;
  setTimeout(scheduleRender, RENDERING_REUSED_MS);
}

/** Writes the newest balance into the page if it fits. A page that was rendered from a newer one stays as it is. */
function showNewest(): void {
  const rendered = Number(body.dataset.version);
  const is_rendered = newest === undefined || newest.version < rendered;
  const is_shown = is_rendered || fitsPage(newest!, body);
  if (!is_rendered) {
    if (is_shown) updateFigures(newest!, body.dataset.locale!);
    body.toggleAttribute("data-behind", newest!.version > rendered);
  }
  lacks_newest_since_ms = is_shown ? undefined : lacks_newest_since_ms ?? performance.now();
  showMark();
  refreshTooltips();
}

/** Reports whether a rendering that is scheduled now begins at once. */
function isRenderedNow(): boolean {
  return canSchedule() && performance.now() >= render_after_ms;
}

function canSchedule(): boolean {
  return !document.hidden && loads_in_flight === 0 && render_timer === undefined &&
    connection !== "ended";
}

/** Lets the next rendering begin now, once for each shape: a rendering that fails is tried again later. */
function hurryRender(balance: LiveBalance): void {
  const shape = shapeOf(balance);
  if (shape === hurried_shape) return;
  hurried_shape = shape;
  clearTimeout(render_timer);
  render_timer = undefined;
  render_after_ms = performance.now();
}

function showConnection(state: ConnectionState): void {
  if (state === "live" || (state === "reconnecting" && connection === "offline")) hideUnanswered();
  connection = state;
  showMark();
  if (state === "ended") document.getElementById("session-ended")!.hidden = false;
}

/** Shows the state of the connection. A page that lacks the newest balance for long is not live. */
function showMark(): void {
  if (connection === undefined) return;
  const is_overdue = lacks_newest_since_ms !== undefined &&
    performance.now() - lacks_newest_since_ms >= OVERDUE_MS;
  body.dataset.connection = connection === "live" && is_overdue ? "reconnecting" : connection;
}

/** Shows the time of the service's last sign of life: the data is as of that time, unless the page lacks some. */
function showFreshness(): void {
  if (lacks_newest_since_ms !== undefined) return;
  const as_of = new Date(clock.now_ms()).toISOString();
  const { shortInstant } = formatsIn(body.dataset.locale!);
  for (const time of document.querySelectorAll<HTMLTimeElement>("[data-fresh-at]")) {
    time.dateTime = as_of;
    time.textContent = shortInstant(as_of, body.dataset.timeZone!);
  }
}

/** Updates the mark and the countdowns. */
function tick(): void {
  showMark();
  for (const time of document.querySelectorAll<HTMLTimeElement>("[data-countdown]")) {
    const left_ms = Date.parse(time.dataset.countdown!) - clock.now_ms();
    time.textContent = formatCountdown(left_ms);
    if (left_ms < -DAY_CLOSE_GRACE_MS) scheduleRender();
  }
}

/** Renders the page as soon as PAGE-1 and PAGE-4 allow. */
function scheduleRender(): void {
  is_render_due = true;
  if (!canSchedule()) return;
  const wait_ms = Math.max(0, render_after_ms - performance.now());
  render_timer = setTimeout(() => {
    render_timer = undefined;
    if (loads_in_flight === 0) void load(location.href, false);
  }, wait_ms);
}

async function load(href: string, include_forms: boolean): Promise<LoadResult> {
  loads_in_flight++;
  is_render_due = false;
  const begun_ms = performance.now();
  const result = await renderInPlace(href, { include_forms, showNumbers: showNewest })
    .finally(() => loads_in_flight--);
  const ended_ms = performance.now();
  const factor = lacks_newest_since_ms === undefined ? RENDER_TIME_FACTOR : HURRIED_TIME_FACTOR;
  render_after_ms = result === "failed" || result === "refused"
    ? ended_ms + RETRY_AFTER_MS
    : begun_ms + Math.max(RENDER_INTERVAL_MS, factor * (ended_ms - begun_ms));
  if (result === "ended") showConnection("ended");
  if (result === "rendered") hideUnanswered();
  if (result === "failed" || isBehind()) is_render_due = true;
  if (is_render_due) scheduleRender();
  return result;
}

/** Reports whether the page was rendered from an older version than that of the newest balance. */
function isBehind(): boolean {
  return newest !== undefined && newest.version > Number(body.dataset.version);
}

/** Opens another address of this page in place. An address that the service refuses is opened with a page load. */
async function visit(href: string, is_new: boolean): Promise<boolean> {
  const result = await load(href, true);
  if (result === "refused") openPage(href);
  if (result === "failed") showUnanswered(href);
  if (result === "rendered" && is_new) history.pushState(null, "", href);
  return result === "rendered";
}

/** Opens an address with a page load. Without a reload, the address that is shown would only be scrolled to its anchor. */
function openPage(href: string): void {
  if (href === location.href) location.reload();
  else location.assign(href);
}

/** Tells whether a page load would certainly fail, and lose what the page shows. */
function isOffline(): boolean {
  return !navigator.onLine || body.dataset.connection === "offline";
}

async function onClick(event: MouseEvent): Promise<void> {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) {
    return;
  }
  const target = event.target as Element;
  if (target.closest("[data-dismiss]")) return void hideUnanswered();
  const link = target.closest<HTMLAnchorElement | SVGAElement>("a[href]");
  const href = link?.getAttribute("href");
  if (!link || !href) return;
  if (!href.startsWith("?")) {
    if (href.startsWith("#") || !isOffline()) return;
    event.preventDefault();
    return showUnanswered(href);
  }
  event.preventDefault();
  const { id } = link;
  const anchor = href.split("#")[1] ?? "";
  if (await visit(new URL(href, location.href).href, true)) focusTarget(id, anchor);
}

async function onSubmit(event: SubmitEvent): Promise<void> {
  const form = event.target as HTMLFormElement;
  if (form.method !== "get") {
    if (!isOffline()) return;
    event.preventDefault();
    return showUnanswered(location.href);
  }
  event.preventDefault();
  const query = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (value !== "") query.append(name, String(value));
  await visit(new URL(`?${query}${new URL(form.action).hash}`, location.href).href, true);
}

/** On Escape closes the notice about an unanswered click, or else the open receipt. */
function onKey(event: KeyboardEvent): void {
  if (event.key === "Escape" && !hideUnanswered()) {
    document.querySelector<HTMLElement>("[data-close]")?.click();
  }
}

/**
 * Focuses and scrolls to the target of a followed link. A link that is still on the page keeps the focus. Another month
 * is read from the top.
 */
function focusTarget(link_id: string, anchor: string): void {
  if (anchor === "") {
    document.querySelector("h1")!.focus({ preventScroll: true });
    return scrollTo(0, 0);
  }
  const target = document.getElementById(anchor) ?? document.getElementById("history");
  if (target === null) return;
  const keeps_focus = link_id !== "" && document.getElementById(link_id) !== null && anchor !== "history";
  if (!keeps_focus) {
    (target.querySelector<HTMLElement>("[data-receipt], h2") ?? target).focus({ preventScroll: true });
  }
  const { top, bottom } = target.getBoundingClientRect();
  if (top < 0 || bottom > visibleBottom()) {
    target.scrollIntoView({ block: anchor === "history" ? "start" : "nearest" });
  }
  // Beside the last entries of a list the receipt could begin above the window.
  document.querySelector(".receipt")?.scrollIntoView({ block: "nearest" });
}

/** Returns where the visible part of the page ends: an open receipt may cover the bottom of the window. */
function visibleBottom(): number {
  const receipt = document.querySelector(".receipt");
  const is_covering = receipt !== null && getComputedStyle(receipt).position === "fixed";
  return is_covering ? receipt.getBoundingClientRect().top : innerHeight;
}
