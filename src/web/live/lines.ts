/** Moves the ends of the month chart's lines to a balance. Every path ends at the present, and an area follows its line. */

import { areaBelow } from "../charts/area.ts";
import type { LiveBalance } from "./connection.ts";

/** Moves the lines named by `data-line`, their areas, the mark of the present and the beginning of the forecast. */
export function moveLines(balance: LiveBalance): void {
  const chart = document.querySelector<SVGElement>("[data-highest]");
  if (chart === null) return;
  const zero_y = Number(chart.dataset.zeroY);
  const heightOf = (credits: number) =>
    rounded(Math.max(0, zero_y - credits * Number(chart.dataset.pxPerCredit)));
  const { available, consumed, excess } = balance;
  const amounts: Readonly<Record<string, number>> = { available, consumed, excess };
  for (const path of chart.querySelectorAll<SVGPathElement>("[data-line]")) {
    const name = path.dataset.line!;
    const line = path.getAttribute("d")!.replace(/[^,]*$/, String(heightOf(amounts[name]!)));
    path.setAttribute("d", line);
    chart.querySelector(`[data-area=${name}]`)?.setAttribute("d", areaBelow(line, zero_y));
  }
  const mark = chart.querySelector<SVGElement>("[data-mark]");
  const y = String(heightOf(amounts[mark?.dataset.mark ?? ""] ?? 0));
  mark?.setAttribute("cy", y);
  const ahead = chart.querySelector("[data-ahead]");
  ahead?.setAttribute("d", ahead.getAttribute("d")!.replace(/,[^L]*/, `,${y}`));
}

/** Rounds as the server's paths do, so that a rendering of the same balance changes nothing. */
function rounded(px: number): number {
  return Math.round(1_000 * px) / 1_000;
}
