/** Where Chromium is on this machine, and how the tests start it. */

import { type Browser, chromium } from "playwright-core";

/** Where Debian, other distributions and macOS put it. `CHROMIUM` names another one. */
const USUAL_PATHS = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

const FLAGS = [
  // The tests may run as root, who has no sandbox; they open nothing but our own pages.
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** The first that is there; undefined where there is none. */
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
 * Starts Chromium with an empty user data directory, which goes with it.
 *
 * @throws {Error} that names the remedy where it is not installed
 */
export async function startChromium(): Promise<Browser> {
  const path = findChromium();
  if (path === undefined) throw new Error(`there is no Chromium: ${INSTALL_HINT}`);
  return await chromium.launch({ executablePath: path, args: FLAGS });
}

export const INSTALL_HINT = "apt-get install chromium, or name it in CHROMIUM";
