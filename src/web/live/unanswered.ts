/** The notice that the service did not answer a click. */

function notice(): HTMLElement {
  return document.getElementById("unanswered")!;
}

/** Says that the service did not answer, with a link to try again. */
export function showUnanswered(href: string): void {
  const { pathname, search, hash } = new URL(href, location.href);
  notice().querySelector("a")!.href = pathname === location.pathname ? `${search || "?"}${hash}` : href;
  notice().hidden = false;
}

/** Hides the notice. Its focus returns to the page. Returns false if there is none. */
export function hideUnanswered(): boolean {
  const { hidden } = notice();
  if (notice().contains(document.activeElement)) {
    document.querySelector("h1")!.focus({ preventScroll: true });
  }
  notice().hidden = true;
  return !hidden;
}
