/** The figures that move the moment a balance is heard; everything else is rendered anew by the server. */

import { formatsIn } from "../format.ts";
import type { LiveBalance } from "./connection.ts";

/** Shows a balance in the figures that stand in the page. */
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

/** Motion only where a number has changed; the stylesheet has none for whoever wants none. */
function setFigure(figure: HTMLElement, text: string): void {
  if (figure.textContent === text) return;
  figure.textContent = text;
  delete figure.dataset.moved;
  requestAnimationFrame(() => figure.dataset.moved = "");
}
