/**
 * The tooltip of the charts. It shows a day, its parts and its total, read from the row of the chart's table, so that
 * chart and table cannot differ. The pointer chooses the day; a focused chart is moved by the arrow keys, as a slider.
 * If the day has entries to show, a click, a second tap on the shown day or Enter opens them.
 */

/** Follows pointer, focus and keys on every chart of the page, also after it is rendered again. */
export function followCharts(): void {
  document.addEventListener("pointermove", onPointer);
  document.addEventListener("pointerdown", onPress);
  document.addEventListener("click", onTap);
  document.addEventListener("focusin", onFocus);
  document.addEventListener("focusout", (event) => hide(plotOf(event)));
  document.addEventListener("keydown", onKey);
}

/** Shows the numbers that the tables now have in the open tooltips. */
export function refreshTooltips(): void {
  for (const plot of document.querySelectorAll<HTMLElement>("[data-chart-table]")) {
    if (isShown(plot)) show(plot, shownDay(plot), tipOf(plot).dataset.by as Means);
  }
}

/** The space between a tooltip and the middle of its day, so that it does not cover the day. */
const TIP_GAP_PX = 24;

/** How a day was chosen: the tooltip says how its entries open, except to a mouse, whose cursor shows the link. */
type Means = "mouse" | "tap" | "keys";

/** The chart that shows a tooltip for the pointer. */
let pointed: HTMLElement | undefined;
/** Whether a finger made the last press. A finger cannot hover: its first tap shows the day. */
let is_touch = false;

function onPointer(event: PointerEvent): void {
  if (event.pointerType === "touch") return;
  const plot = pointTo(event);
  if (plot === undefined) return;
  const day = dayAt(plot, event);
  if (day === undefined) hide(plot);
  else show(plot, day, "mouse");
}

function onPress(event: PointerEvent): void {
  is_touch = event.pointerType === "touch";
  if (is_touch) pointTo(event);
}

function onTap(event: MouseEvent): void {
  const plot = plotOf(event);
  if (!is_touch || plot === undefined) return;
  event.preventDefault();
  const day = dayAt(plot, event);
  if (day === undefined) hide(plot);
  else if (isShown(plot) && shownDay(plot) === day) openEntries(plot);
  else show(plot, day, "tap");
}

/** Moves the pointer to the chart of an event, if any: that of the pointer before closes its tooltip. */
function pointTo(event: Event): HTMLElement | undefined {
  const plot = plotOf(event);
  if (pointed !== plot) hide(pointed);
  pointed = plot;
  return plot;
}

/** Returns the day below a pointer. */
function dayAt(plot: HTMLElement, { clientX }: MouseEvent): number | undefined {
  const { left, width } = plot.querySelector(".field")!.getBoundingClientRect();
  const day = 1 + Math.floor(Number(plot.dataset.days) * (clientX - left) / width);
  return day >= 1 && day <= rowsOf(plot).length ? day : undefined;
}

/** Opens the entries of the shown day, by the link in its row. */
function openEntries(plot: HTMLElement): void {
  const link = linkOf(plot, shownDay(plot));
  if (link === null) return;
  hide(plot);
  link.click();
}

function onFocus(event: FocusEvent): void {
  const plot = plotOf(event);
  const cursor = plot && cursorOf(plot);
  if (plot !== undefined && cursor === event.target && cursor!.matches(":focus-visible")) {
    show(plot, shownDay(plot), "keys");
  }
}

function onKey(event: KeyboardEvent): void {
  const plot = plotOf(event);
  if (plot === undefined || cursorOf(plot) !== event.target) return;
  const days = rowsOf(plot).length;
  const now = shownDay(plot);
  const targets: Readonly<Record<string, number>> = {
    ArrowLeft: now - 1,
    ArrowDown: now - 1,
    ArrowRight: now + 1,
    ArrowUp: now + 1,
    Home: 1,
    End: days,
  };
  const target = targets[event.key];
  if (event.key === "Escape") hide(plot);
  if (event.key === "Enter" && isShown(plot)) openEntries(plot);
  if (target === undefined) return;
  event.preventDefault();
  show(plot, Math.min(days, Math.max(1, target)), "keys");
}

function plotOf({ target }: Event): HTMLElement | undefined {
  return (target instanceof Element ? target.closest<HTMLElement>("[data-chart-table]") : null) ?? undefined;
}

/** The slider that the keyboard focuses. */
function cursorOf(plot: HTMLElement): HTMLElement {
  return plot.querySelector<HTMLElement>(".cursor")!;
}

function tipOf(plot: HTMLElement): HTMLElement {
  return plot.querySelector<HTMLElement>(".tip")!;
}

function isShown(plot: HTMLElement): boolean {
  return !tipOf(plot).hidden;
}

function shownDay(plot: HTMLElement): number {
  return Number(cursorOf(plot).getAttribute("aria-valuenow"));
}

/** The link to the entries of a day, in its row. The days of the month's chart have none. */
function linkOf(plot: HTMLElement, day: number): HTMLAnchorElement | null {
  return rowsOf(plot)[day - 1]?.querySelector("a") ?? null;
}

function rowsOf(plot: HTMLElement): HTMLTableRowElement[] {
  return [
    ...document.querySelectorAll<HTMLTableRowElement>(
      `#${plot.dataset.chartTable} tbody tr:not(.after-closing)`,
    ),
  ];
}

function show(plot: HTMLElement, day: number, by: Means): void {
  const tip = tipOf(plot);
  const row = rowsOf(plot)[day - 1];
  if (row === undefined) return hide(plot);
  const names = [...row.closest("table")!.tHead!.rows[0]!.cells].map(({ textContent }) => textContent!);
  const [date, ...amounts] = [...row.cells].map(({ textContent }) => textContent!.trim());
  const is_part = (index: number) =>
    plot.dataset.chartTable === "month-table" || index === amounts.length - 1;
  const lines = amounts.map((amount, i) => ({
    name: names[i + 1]!,
    amount,
    is_shown: is_part(i) || amount !== "0",
  }))
    .filter(({ is_shown }) => is_shown);
  tip.replaceChildren(
    elementOf("strong", date!),
    ...lines.flatMap(({ name, amount }) => [elementOf("span", name), elementOf("b", amount)]),
    ...by === "mouse" || linkOf(plot, day) === null ? [] : [elementOf("small", plot.dataset[by]!)],
  );
  tip.dataset.by = by;
  tip.hidden = false;
  const cursor = cursorOf(plot);
  cursor.setAttribute("aria-valuenow", String(day));
  cursor.setAttribute(
    "aria-valuetext",
    `${date}: ${lines.map(({ name, amount }) => `${name} ${amount}`).join(", ")}`,
  );
  place(plot, tip, day);
}

/** Places the tooltip beside its day, within the chart. */
function place(plot: HTMLElement, tip: HTMLElement, day: number): void {
  const outer = plot.getBoundingClientRect();
  const { left, width } = plot.querySelector(".field")!.getBoundingClientRect();
  const middle = left - outer.left + width * (day - 0.5) / Number(plot.dataset.days);
  const is_right = middle > outer.width / 2;
  const beside = is_right ? middle - TIP_GAP_PX - tip.offsetWidth : middle + TIP_GAP_PX;
  const start = Math.min(outer.width - tip.offsetWidth, Math.max(0, beside));
  tip.style.left = `${start}px`;
  const line = plot.querySelector<SVGLineElement>(".chosen");
  const at = `${100 * (day - 0.5) / Number(plot.dataset.days)}%`;
  for (const end of ["x1", "x2"]) line?.setAttribute(end, at);
  line?.classList.add("is-shown");
}

function hide(plot: HTMLElement | undefined): void {
  if (plot === undefined) return;
  tipOf(plot).hidden = true;
  plot.querySelector(".chosen")?.classList.remove("is-shown");
}

function elementOf(name: string, text: string): HTMLElement {
  const element = document.createElement(name);
  element.textContent = text;
  return element;
}
