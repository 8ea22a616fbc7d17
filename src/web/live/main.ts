/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/// <reference lib="dom.asynciterable" />

/**
 * Makes the page live. It reads without any of this: the server has rendered it, and renders it again, by the very same
 * components, whenever something has moved.
 *
 * W1. A balance that is heard shows at once; what depends on it is rendered anew, at most once in a second, and less
 *     often the longer that takes: pages of a service that is busy leave it in peace by themselves.
 * W2. What a page says of its connection is true within 30 seconds.
 * W3. Links and filters lead where they would without script, and stand in the address.
 * W4. Nothing is rendered for a page that nobody looks at; it is as soon as somebody does.
 */

import { formatsIn } from "../format.ts";
import { formatCountdown } from "../countdown.ts";
import { ServerClock } from "./clock.ts";
import { type ConnectionState, follow, type LiveBalance } from "./connection.ts";
import { type LoadResult, renderInPlace } from "./document.ts";
import { updateFigures } from "./numbers.ts";

const RENDER_INTERVAL_MS = 1_000;
/** Rendering anew takes no more than this part of the time. */
const RENDER_TIME_FACTOR = 20;
const RETRY_AFTER_MS = 5_000;
/** After the day has turned, by the service's clock: it may need a moment to close it. */
const DAY_CLOSE_GRACE_MS = 1_500;

const { body } = document;
const clock = new ServerClock(body.dataset.asOf!);
/** When the page may be rendered anew. */
let render_after_ms = performance.now();
let render_timer: ReturnType<typeof setTimeout> | undefined;
/** Addresses that were asked for and have not come. */
let loads_in_flight = 0;
/** Whether something has moved since the page was rendered. */
let is_render_due = false;

void follow(body.dataset.company!, {
  onBalance: onBalance,
  onConnection: showConnection,
  onAlive: showFreshness,
});
setInterval(tick, 1_000);
document.addEventListener("visibilitychange", () => document.hidden || !is_render_due || scheduleRender());
document.addEventListener("click", onClick);
document.addEventListener("submit", onSubmit);
document.addEventListener("keydown", onKey);
addEventListener("popstate", () => void visit(location.href, false));

function onBalance(balance: LiveBalance): void {
  clock.sync(balance.as_of);
  if (balance.version > Number(body.dataset.version) || balance.period !== body.dataset.period) {
    updateFigures(balance, body.dataset.locale!);
    scheduleRender();
  }
}

function showConnection(state: ConnectionState): void {
  body.dataset.connection = state;
  if (state === "over") document.getElementById("over")!.hidden = false;
}

/** The data is as fresh as the last word of the service. */
function showFreshness(): void {
  const heard = new Date(clock.now_ms()).toISOString();
  const { shortInstant } = formatsIn(body.dataset.locale!);
  for (const one of document.querySelectorAll<HTMLTimeElement>("[data-heard]")) {
    one.dateTime = heard;
    one.textContent = shortInstant(heard, body.dataset.timeZone!);
  }
}

function tick(): void {
  for (const one of document.querySelectorAll<HTMLTimeElement>("[data-countdown]")) {
    const left_ms = Date.parse(one.dataset.countdown!) - clock.now_ms();
    one.textContent = formatCountdown(left_ms);
    if (left_ms < -DAY_CLOSE_GRACE_MS) scheduleRender();
  }
}

/** Renders the page anew, soon: now if that was not just done, else when a second has passed. */
function scheduleRender(): void {
  is_render_due = true;
  if (
    document.hidden || loads_in_flight > 0 || render_timer !== undefined || body.dataset.connection === "over"
  ) return;
  const wait_ms = Math.max(0, render_after_ms - performance.now());
  render_timer = setTimeout(() => {
    render_timer = undefined;
    if (loads_in_flight === 0) void load(location.href, false);
  }, wait_ms);
}

async function load(href: string, whole: boolean): Promise<LoadResult> {
  loads_in_flight++;
  is_render_due = false;
  const begun_ms = performance.now();
  const loaded = await renderInPlace(href, { include_forms: whole });
  loads_in_flight--;
  const took_ms = performance.now() - begun_ms;
  render_after_ms = begun_ms +
    Math.max(loaded === "failed" ? RETRY_AFTER_MS : RENDER_INTERVAL_MS, RENDER_TIME_FACTOR * took_ms);
  if (loaded === "over") showConnection("over");
  if (loaded === "failed") is_render_due = true;
  if (is_render_due) scheduleRender();
  return loaded;
}

/** Goes to another address of this page. What cannot be shown in place is loaded as any link is. */
async function visit(href: string, is_new: boolean): Promise<boolean> {
  const loaded = await load(href, true);
  if (loaded === "failed") location.assign(href);
  if (loaded === "shown" && is_new) history.pushState(null, "", href);
  return loaded === "shown";
}

async function onClick(event: MouseEvent): Promise<void> {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) {
    return;
  }
  const link = (event.target as Element).closest<HTMLAnchorElement | SVGAElement>("a[href]");
  const href = link?.getAttribute("href");
  if (!link || !href?.startsWith("?") || link.hasAttribute("hreflang")) return;
  event.preventDefault();
  const { id } = link;
  const place = href.split("#")[1] ?? "";
  if (await visit(new URL(href, location.href).href, true)) focusTarget(id, place);
}

async function onSubmit(event: SubmitEvent): Promise<void> {
  const form = event.target as HTMLFormElement;
  if (form.method !== "get") return;
  event.preventDefault();
  const query = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (value !== "") query.append(name, String(value));
  await visit(new URL(`?${query}${new URL(form.action).hash}`, location.href).href, true);
}

/** Escape closes the receipt that is open. */
function onKey(event: KeyboardEvent): void {
  if (event.key === "Escape") document.querySelector<HTMLElement>("[data-close]")?.click();
}

/**
 * Puts whoever followed a link where it leads: the link itself if it is still there, and in view; another month is read
 * from its top.
 */
function focusTarget(link: string, place: string): void {
  if (place === "") {
    document.querySelector("h1")!.focus({ preventScroll: true });
    return scrollTo(0, 0);
  }
  const target = document.getElementById(place) ?? document.getElementById("history");
  if (target === null) return;
  const follows = link !== "" && document.getElementById(link) !== null && place !== "history";
  if (!follows) {
    (target.querySelector<HTMLElement>("[data-receipt], h2") ?? target).focus({ preventScroll: true });
  }
  const { top, bottom } = target.getBoundingClientRect();
  if (top < 0 || bottom > innerHeight) {
    target.scrollIntoView({ block: place === "history" ? "start" : "nearest" });
  }
}
