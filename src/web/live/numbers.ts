/** Updates figures as soon as a balance arrives. The server renders everything else. */

import { formatsIn } from "../format.ts";
import type { LiveBalance } from "./connection.ts";

/** Writes a balance into the elements that have a `data-figure` attribute. */
export function updateFigures(balance: LiveBalance, locale: string): void {
  const { inbound, outbound } = balance.open_windows;
  const amounts: Readonly<Record<string, number>> = {
    available: balance.available,
    consumed: balance.consumed,
    excess: balance.excess,
    open: inbound + outbound,
    inbound,
    outbound,
  };
  const { credits } = formatsIn(locale);
  for (const figure of document.querySelectorAll<HTMLElement>("[data-figure]")) {
    const amount = amounts[figure.dataset.figure!];
    if (amount !== undefined) setFigure(figure, credits(amount));
  }
}

/** Animates only a changed number. The stylesheet disables the animation under `prefers-reduced-motion`. */
function setFigure(figure: HTMLElement, text: string): void {
  if (figure.textContent === text) return;
  figure.textContent = text;
  delete figure.dataset.moved;
  requestAnimationFrame(() => figure.dataset.moved = "");
}
