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
import { clockText } from "../countdown.ts";
import { ServerClock } from "./clock.ts";
import { type Connection, follow, type Heard } from "./connection.ts";
import { type Loaded, show } from "./document.ts";
import { showFigures } from "./numbers.ts";

const REFRESH_EVERY_MS = 1_000;
/** Rendering anew takes no more than this part of the time. */
const REST = 20;
const AGAIN_AFTER_MS = 5_000;
/** After the day has turned, by the service's clock: it may need a moment to close it. */
const TURNED_MS = 1_500;

const { body } = document;
const clock = new ServerClock(body.dataset.asOf!);
/** When the page may be rendered anew. */
let rested_ms = performance.now();
let waiting: ReturnType<typeof setTimeout> | undefined;
/** Addresses that were asked for and have not come. */
let loading = 0;
/** Whether something has moved since the page was rendered. */
let is_due = false;

void follow(body.dataset.company!, { balance: hear, connection, alive });
setInterval(tick, 1_000);
document.addEventListener("visibilitychange", () => document.hidden || !is_due || refresh());
document.addEventListener("click", onClick);
document.addEventListener("submit", onSubmit);
document.addEventListener("keydown", onKey);
addEventListener("popstate", () => void visit(location.href, false));

function hear(balance: Heard): void {
  clock.hear(balance.as_of);
  if (balance.version > Number(body.dataset.version) || balance.period !== body.dataset.period) {
    showFigures(balance, body.dataset.locale!);
    refresh();
  }
}

function connection(state: Connection): void {
  body.dataset.connection = state;
  if (state === "over") document.getElementById("over")!.hidden = false;
}

/** The data is as fresh as the last word of the service. */
function alive(): void {
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
    one.textContent = clockText(left_ms);
    if (left_ms < -TURNED_MS) refresh();
  }
}

/** Renders the page anew, soon: now if that was not just done, else when a second has passed. */
function refresh(): void {
  is_due = true;
  if (document.hidden || loading > 0 || waiting !== undefined || body.dataset.connection === "over") return;
  const wait_ms = Math.max(0, rested_ms - performance.now());
  waiting = setTimeout(() => {
    waiting = undefined;
    if (loading === 0) void load(location.href, false);
  }, wait_ms);
}

async function load(href: string, whole: boolean): Promise<Loaded> {
  loading++;
  is_due = false;
  const begun_ms = performance.now();
  const loaded = await show(href, { whole });
  loading--;
  const took_ms = performance.now() - begun_ms;
  rested_ms = begun_ms + Math.max(loaded === "failed" ? AGAIN_AFTER_MS : REFRESH_EVERY_MS, REST * took_ms);
  if (loaded === "over") connection("over");
  if (loaded === "failed") is_due = true;
  if (is_due) refresh();
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
  if (await visit(new URL(href, location.href).href, true)) arrive(id, place);
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
function arrive(link: string, place: string): void {
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
