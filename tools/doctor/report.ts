import { VERSION } from "../../src/config/version.ts";
import type { Finding } from "./finding.ts";

/** Returns whether nothing has to be mended. */
export function isHealthy(findings: readonly Finding[]): boolean {
  return findings.every(({ status }) => status !== "problem");
}

/** Returns the findings as lines: what is so, and below what to do. */
export function asText(findings: readonly Finding[]): string {
  const lines = findings.map(({ check, status, detail, remedy }) =>
    `${status.padEnd(7)}  ${check}: ${detail}${remedy === undefined ? "" : `\n         ${remedy}`}`
  );
  const count = (status: Finding["status"]) => findings.filter((finding) => finding.status === status).length;
  const verdict = isHealthy(findings)
    ? `Nothing has to be mended; warnings: ${count("warning")}.`
    : `Problems: ${count("problem")}; warnings: ${count("warning")}.`;
  return [...lines, verdict].join("\n");
}

/** Returns the findings as JSON. */
export function asJson(findings: readonly Finding[]): string {
  return JSON.stringify({ healthy: isHealthy(findings), version: VERSION, findings }, null, 2);
}

/** Masks secrets: a message of a driver or of the system may quote what it was given. */
export function masked(text: string, secrets: readonly string[]): string {
  const in_any_form = secrets.flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1)]);
  const longest_first = in_any_form.toSorted((a, b) => b.length - a.length);
  return longest_first.reduce((masked_text, secret) => masked_text.replaceAll(secret, "•••"), text);
}
