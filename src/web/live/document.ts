/** The page in place: its parts are taken from the server's rendering of an address, without loading it anew. */

import { Idiomorph } from "idiomorph";

/** What came of asking for an address. `overtaken`: another one was asked for meanwhile. */
export type LoadResult = "shown" | "overtaken" | "over" | "failed";

/** How many addresses have been asked for: an answer to any but the last comes too late. */
let requests = 0;

interface Options {
  /** Also what somebody may be filling in: only when they ask for another address. */
  readonly include_forms: boolean;
}

/**
 * Shows what the server renders for an address, changing what differs and nothing else: the focus, what is open and
 * where the page stands stay as they are.
 */
export async function renderInPlace(href: string, { include_forms }: Options): Promise<LoadResult> {
  const turn = ++requests;
  const page = await fetchDocument(href);
  if (turn !== requests) return "overtaken";
  if (typeof page === "string") return page;
  if (hasOtherAssets(page)) {
    location.href = href;
    location.reload();
    return "overtaken";
  }
  document.title = page.title;
  Idiomorph.morph(document.body, page.body, {
    morphStyle: "outerHTML",
    callbacks: {
      beforeNodeMorphed: (node) => include_forms || !isPreserved(node),
      beforeAttributeUpdated: (name, node) => !isClientState(name, node),
    },
  });
  return "shown";
}

async function fetchDocument(href: string): Promise<Document | "over" | "failed"> {
  try {
    const response = await fetch(href, { headers: { accept: "text/html" } });
    if (response.status === 401 || response.status === 403) return "over";
    if (!response.ok) return "failed";
    return new DOMParser().parseFromString(await response.text(), "text/html");
  } catch {
    return "failed";
  }
}

/** The service has been renewed meanwhile: its new pages go with its new script and style. */
function hasOtherAssets(page: Document): boolean {
  const files = (of: Document) =>
    [...of.head.querySelectorAll("link, script")].map((one) =>
      one.getAttribute("href") ?? one.getAttribute("src")
    );
  return files(page).join() !== files(document).join();
}

function isPreserved(node: Node): boolean {
  return node instanceof Element && node.hasAttribute("data-still");
}

/** What was set here, not by the server: whether we are connected, what has moved, which tables are unfolded. */
function isClientState(attribute: string, node: Element): boolean {
  return attribute === "data-connection" || attribute === "data-moved" ||
    (attribute === "open" && node.localName === "details") ||
    (attribute === "hidden" && isPreserved(node));
}
