/** The files the page loads. Each name contains a hash of the content, so browsers may cache the file for ever. */

import { hash } from "node:crypto";
import script from "./dist/live.js" with { type: "text" };
import balance from "./style/balance.css" with { type: "text" };
import charts from "./style/charts.css" with { type: "text" };
import frame from "./style/frame.css" with { type: "text" };
import numbers from "./style/numbers.css" with { type: "text" };
import print from "./style/print.css" with { type: "text" };
import receipt from "./style/receipt.css" with { type: "text" };
import states from "./style/states.css" with { type: "text" };
import tables from "./style/tables.css" with { type: "text" };
import usage from "./style/usage.css" with { type: "text" };
import widths from "./style/widths.css" with { type: "text" };

const FOLDER = "/reports/assets/";

/** A file to serve. */
export interface Asset {
  readonly name: string;
  readonly path: string;
  readonly type: string;
  readonly text: string;
}

/** One stylesheet for one request. Later rules override earlier ones. */
const STYLE = [frame, balance, charts, tables, usage, numbers, receipt, states, widths, print].join("\n");

const ICON =
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#0b6b5d"/><path d="M7 23V9M7 23h18M11 19l5-5 3 3 6-7" fill="none" stroke="#fff" stroke-width="2.6" stroke-linecap="round" stroke-linejoin="round"/></svg>`;

/** The style, script and icon of the page. */
export const ASSETS = {
  style: asset("page", "css", "text/css", STYLE),
  script: asset("live", "js", "text/javascript", script),
  icon: asset("icon", "svg", "image/svg+xml", ICON),
} as const;

function asset(stem: string, ending: string, type: string, text: string): Asset {
  const name = `${stem}.${hash("sha256", text, "hex").slice(0, 12)}.${ending}`;
  return { name, path: `${FOLDER}${name}`, type: `${type}; charset=utf-8`, text };
}
