/**
 * The tooltip of the charts. It shows a day, its parts and its total, read from the row of the chart's table, so that
 * chart and table cannot differ. The pointer chooses the day; a focused chart is moved by the arrow keys, as a slider.
 */

/** Follows pointer, focus and keys on every chart of the page, also after it is rendered again. */
export function followCharts(): void {
  document.addEventListener("pointermove", onPointer);
  document.addEventListener("focusin", onFocus);
  document.addEventListener("focusout", (event) => hide(plotOf(event)));
  document.addEventListener("keydown", onKey);
}

/** Shows the numbers that the tables now have in the open tooltips. */
export function refreshTooltips(): void {
  for (const plot of document.querySelectorAll<HTMLElement>("[data-chart-table]")) {
    const is_open = !plot.querySelector<HTMLElement>(".tip")!.hidden;
    if (is_open) show(plot, Number(cursorOf(plot).getAttribute("aria-valuenow")));
  }
}

/** The space between a tooltip and the middle of its day, so that it does not cover the day. */
const TIP_GAP_PX = 24;

/** The chart that shows a tooltip for the pointer. */
let pointed: HTMLElement | undefined;

function onPointer(event: PointerEvent): void {
  const plot = plotOf(event);
  if (pointed !== undefined && pointed !== plot) hide(pointed);
  pointed = plot;
  if (plot === undefined) return;
  const { left, width } = plot.querySelector(".field")!.getBoundingClientRect();
  const day = 1 + Math.floor(Number(plot.dataset.days) * (event.clientX - left) / width);
  if (day >= 1 && day <= rowsOf(plot).length) show(plot, day);
  else hide(plot);
}

function onFocus(event: FocusEvent): void {
  const plot = plotOf(event);
  const cursor = plot && cursorOf(plot);
  if (plot !== undefined && cursor === event.target && cursor!.matches(":focus-visible")) {
    show(plot, Number(cursor!.getAttribute("aria-valuenow")));
  }
}

function onKey(event: KeyboardEvent): void {
  const plot = plotOf(event);
  if (plot === undefined || cursorOf(plot) !== event.target) return;
  const days = rowsOf(plot).length;
  const now = Number(cursorOf(plot).getAttribute("aria-valuenow"));
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
  if (target === undefined) return;
  event.preventDefault();
  show(plot, Math.min(days, Math.max(1, target)));
}

function plotOf({ target }: Event): HTMLElement | undefined {
  return (target instanceof Element ? target.closest<HTMLElement>("[data-chart-table]") : null) ?? undefined;
}

/** The slider that the keyboard focuses. */
function cursorOf(plot: HTMLElement): HTMLElement {
  return plot.querySelector<HTMLElement>(".cursor")!;
}

function rowsOf(plot: HTMLElement): HTMLTableRowElement[] {
  return [
    ...document.querySelectorAll<HTMLTableRowElement>(
      `#${plot.dataset.chartTable} tbody tr:not(.after-closing)`,
    ),
  ];
}

function show(plot: HTMLElement, day: number): void {
  const tip = plot.querySelector<HTMLElement>(".tip")!;
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
  );
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
  plot.querySelector<HTMLElement>(".tip")!.hidden = true;
  plot.querySelector(".chosen")?.classList.remove("is-shown");
}

function elementOf(name: string, text: string): HTMLElement {
  const element = document.createElement(name);
  element.textContent = text;
  return element;
}
