/** The page in place: its parts are taken from the server's rendering of an address, without loading it anew. */

import { Idiomorph } from "idiomorph";

/** What came of asking for an address. */
export type Loaded = "shown" | "over" | "failed";

interface Options {
  /** Also what somebody may be filling in: only when they ask for another address. */
  readonly whole: boolean;
}

/**
 * Shows what the server renders for an address, changing what differs and nothing else: the focus, what is open and
 * where the page stands stay as they are.
 */
export async function show(href: string, { whole }: Options): Promise<Loaded> {
  const page = await rendered(href);
  if (typeof page === "string") return page;
  if (isOlder(page)) return "shown";
  if (isAnotherBuild(page)) {
    location.assign(href);
    return "shown";
  }
  document.title = page.title;
  Idiomorph.morph(document.body, page.body, {
    morphStyle: "outerHTML",
    callbacks: {
      beforeNodeMorphed: (node) => whole || !isStill(node),
      beforeAttributeUpdated: (name, node) => !isOurs(name, node),
    },
  });
  return "shown";
}

async function rendered(href: string): Promise<Document | "over" | "failed"> {
  try {
    const response = await fetch(href, { headers: { accept: "text/html" } });
    if (response.status === 401 || response.status === 403) return "over";
    if (!response.ok) return "failed";
    return new DOMParser().parseFromString(await response.text(), "text/html");
  } catch {
    return "failed";
  }
}

/** Two answers may come in another order than they were asked for. */
function isOlder(page: Document): boolean {
  const version = (body: HTMLElement) => Number(body.dataset.version ?? 0);
  return page.body.dataset.company === document.body.dataset.company &&
    version(page.body) < version(document.body);
}

/** The service has been renewed meanwhile: its new pages go with its new script and style. */
function isAnotherBuild(page: Document): boolean {
  const files = (of: Document) =>
    [...of.head.querySelectorAll("link, script")].map((one) =>
      one.getAttribute("href") ?? one.getAttribute("src")
    );
  return files(page).join() !== files(document).join();
}

function isStill(node: Node): boolean {
  return node instanceof Element && node.hasAttribute("data-still");
}

/** What was set here, not by the server: whether we are connected, and which tables somebody has opened. */
function isOurs(attribute: string, node: Element): boolean {
  return attribute === "data-connection" || (attribute === "open" && node.localName === "details") ||
    (attribute === "hidden" && isStill(node));
}
