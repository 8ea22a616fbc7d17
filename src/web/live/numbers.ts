/** Writes the numbers of a balance into the page, all in one step. The server renders everything else. */

import { formatsIn } from "../format.ts";
import type { LiveBalance } from "./connection.ts";
import { moveLines } from "./lines.ts";
import { barWidth, shapeOf } from "./shape.ts";

/** Reports whether the numbers of a balance fit the texts and colours of the page. */
export function fitsPage(balance: LiveBalance, { dataset }: HTMLElement): boolean {
  const expected = document.querySelector<HTMLElement>("[data-expected-total]")?.dataset.expectedTotal;
  const is_above_forecast = expected !== undefined && Number(balance.total) > Number(expected);
  return dataset.shape === shapeOf(balance) && !is_above_forecast;
}

/** Writes a balance into the elements that have a `data-figure` attribute, the bar and the month's chart. */
export function updateFigures(balance: LiveBalance, locale: string): void {
  const texts = textsOf(balance, locale);
  for (const figure of figures()) {
    const text = texts[figure.dataset.figure!];
    if (text !== undefined) setFigure(figure, text);
  }
  const { granted, consumed } = balance;
  if (granted > 0) document.querySelector("[data-bar]")?.setAttribute("width", barWidth(consumed, granted));
  moveLines(balance);
}

/** Returns the text of each figure. */
function textsOf(balance: LiveBalance, locale: string): Readonly<Record<string, string>> {
  const { credits, money, share } = formatsIn(locale);
  const { granted, available, consumed, consumed_today, excess, excess_amount, total, currency } = balance;
  const { inbound, outbound } = balance.open_windows;
  const counts = { available, consumed, consumed_today, excess, open: inbound + outbound, inbound, outbound };
  const amounts = Object.entries({ excess_amount, total }).flatMap(([name, amount]) =>
    amount === null || currency === null ? [] : [[name, money(amount, currency)]]
  );
  return {
    ...Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, credits(count)])),
    ...Object.fromEntries(amounts),
    share: share(consumed, granted),
  };
}

/** Replaces the page, and animates the numbers that this changed. */
export function animateChanges(replace: () => void): void {
  const before = new Map(figures().map((figure) => [figure.dataset.figure, figure.textContent]));
  replace();
  for (const figure of figures()) {
    const text = before.get(figure.dataset.figure);
    if (text !== undefined && text !== figure.textContent) animate(figure);
  }
}

function figures(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>("[data-figure]")];
}

function setFigure(figure: HTMLElement, text: string): void {
  if (figure.textContent === text) return;
  figure.textContent = text;
  animate(figure);
}

/** Animates a changed number. The stylesheet disables the animation under `prefers-reduced-motion`. */
function animate(figure: HTMLElement): void {
  delete figure.dataset.moved;
  requestAnimationFrame(() => figure.dataset.moved = "");
}
