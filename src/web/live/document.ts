/** Replaces the parts of the page that changed with the server's rendering, without a page load. */

import { Idiomorph } from "idiomorph";
import { REQUEST_TIMEOUT_MS } from "./connection.ts";
import { animateChanges } from "./numbers.ts";

/**
 * The outcome of a load. `superseded`: a newer request was made meanwhile. `refused`: the service does not know the
 * address. `failed`: there was no answer in time, or the service is busy.
 */
export type LoadResult = "rendered" | "superseded" | "ended" | "refused" | "failed";

/** The last request. Only its response is rendered: it aborts the one before, which would occupy a connection. */
let current: AbortController | undefined;

interface Options {
  /** Also replaces forms that the viewer may be filling in: only when the viewer opens another address. */
  readonly include_forms: boolean;
  /** Called before and after the replacement, in the same step. */
  readonly showNumbers: () => void;
}

/**
 * Renders an address on the server and applies only the differences. The focus, open tables and the scroll position
 * stay as they are.
 */
export async function renderInPlace(
  href: string,
  { include_forms, showNumbers }: Options,
): Promise<LoadResult> {
  current?.abort();
  const request = current = new AbortController();
  const timer = setTimeout(() => request.abort(), REQUEST_TIMEOUT_MS);
  const page = await fetchDocument(href, request.signal);
  clearTimeout(timer);
  if (request !== current) return "superseded";
  if (typeof page === "string") return page;
  if (hasOtherAssets(page)) {
    location.href = href;
    location.reload();
    return "superseded";
  }
  showNumbers();
  document.title = page.title;
  document.documentElement.lang = page.documentElement.lang;
  const replace = () =>
    Idiomorph.morph(document.body, page.body, {
      morphStyle: "outerHTML",
      callbacks: {
        beforeNodeMorphed: (node) => include_forms || !isPreserved(node),
        beforeAttributeUpdated: (name, node) => !isClientState(name, node),
      },
    });
  // The numbers of another address have not changed: they are others.
  if (include_forms) replace();
  else animateChanges(replace);
  showNumbers();
  return "rendered";
}

async function fetchDocument(
  href: string,
  signal: AbortSignal,
): Promise<Document | "ended" | "refused" | "failed"> {
  try {
    const response = await fetch(href, { headers: { accept: "text/html" }, signal });
    if (response.status === 401) return "ended";
    if (response.status >= 400 && response.status < 500 && response.status !== 429) return "refused";
    if (!response.ok) return "failed";
    return new DOMParser().parseFromString(await response.text(), "text/html");
  } catch {
    return "failed";
  }
}

/** Reports whether the service was updated: a new version's HTML needs its own script and style. */
function hasOtherAssets(page: Document): boolean {
  const files = (of: Document) =>
    [...of.head.querySelectorAll("link, script")].map((element) =>
      element.getAttribute("href") ?? element.getAttribute("src")
    );
  return files(page).join() !== files(document).join();
}

function isPreserved(node: Node): boolean {
  return node instanceof Element && node.hasAttribute("data-preserve");
}

/** Reports whether this script, not the server, sets an attribute: connection state, animation, open tables. */
function isClientState(attribute: string, node: Element): boolean {
  return attribute === "data-connection" || attribute === "data-moved" ||
    (/^aria-value(now|text)$/.test(attribute) && node.classList.contains("cursor")) ||
    (attribute === "open" && node.localName === "details") ||
    (attribute === "hidden" && isPreserved(node));
}
