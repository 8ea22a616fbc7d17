/** Finds and starts Chromium for the tests. */

import { type Browser, chromium } from "playwright-core";

/**
 * The paths on Debian, other distributions and macOS. `CHROMIUM` gives another path. Debian's headless shell is the
 * same engine without a browser's window: a page in it costs a third of the CPU.
 */
const USUAL_PATHS = [
  "/usr/bin/chromium-headless-shell",
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

const FLAGS = [
  // The tests may run as root, which has no sandbox. They open only our own pages.
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Returns the path of Chromium, or undefined if it is not installed. */
export function findChromium(): string | undefined {
  const named = Deno.env.get("CHROMIUM");
  return (named === undefined ? USUAL_PATHS : [named]).find((path) => {
    try {
      return Deno.statSync(path).isFile;
    } catch {
      return false;
    }
  });
}

/**
 * Starts Chromium with a temporary user data directory.
 *
 * @throws {Error} with a remedy if it is not installed
 */
export async function startChromium(): Promise<Browser> {
  const path = findChromium();
  if (path === undefined) throw new Error(`Chromium not found: ${INSTALL_HINT}`);
  return await chromium.launch({ executablePath: path, args: FLAGS });
}

/** The remedy if Chromium is missing. */
export const INSTALL_HINT = "run `apt-get install chromium-headless-shell`, or set CHROMIUM to its path";
