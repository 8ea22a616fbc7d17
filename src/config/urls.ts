/** URLs in variables of the environment. */

/**
 * Returns whether a text is a Postgres URL. An @ after the host means that the password has an unescaped character: the
 * rest of the password would be parsed as the host, and logged.
 */
export function isDatabaseUrl(text: string): boolean {
  const url = /^postgres(ql)?:\/\//.test(text) ? URL.parse(text) : null;
  return url !== null && !`${url.pathname}${url.search}${url.hash}`.includes("@");
}

/** Returns whether a text is one NATS URL, or several separated by commas. */
export function isNatsUrl(text: string): boolean {
  return text.split(",").every((one) => {
    const url = /^(nats|tls):\/\//.test(one) ? URL.parse(one) : null;
    return url !== null && url.hostname !== "" && /^\/?$/.test(url.pathname);
  });
}

/** Returns whether a text is one origin, so it cannot add directives to the Content-Security-Policy. */
export function isOrigin(text: string): boolean {
  return /^https?:\/\/(\*\.)?[A-Za-z0-9.-]+(:\d{1,5})?$/.test(text);
}

/** Returns whether a text is an origin as browsers send it, so that comparing texts suffices. */
export function isExactOrigin(text: string): boolean {
  return !text.includes("*") && isOrigin(text) && URL.parse(text)?.origin === text;
}
