/** Compares the answers of a later version with those of a release. */

import assert from "node:assert/strict";
import { assertReportsAgree } from "../support/agreement.ts";
import {
  businessNumber,
  customerWrote,
  numberedCustomer,
  templateStatuses,
  wamid,
} from "../support/payloads.ts";
import { type Client, COMPANY } from "../support/service.ts";
import { main as audit } from "../../tools/audit/main.ts";
import { type Dumped, startAt } from "../../tools/release/recorded_release.ts";
import { recordAnswers, type RecordedRelease } from "../../tools/release/record.ts";
import { Story } from "../../tools/release/story.ts";

const REPLY = "whatsapp.service_message";

/**
 * Starts this version on a restored database. Asserts that it answers as the release did, that the audit agrees, and
 * that it goes on metering through the end of the month.
 *
 * @param url of the owner of the database
 */
export async function assertUpgrades(url: string, { recorded: { at, answers } }: Dumped): Promise<void> {
  await using service = await startAt(url, at);
  const { client } = service;
  const found = await recordAnswers(client);
  for (const path of Object.keys(found).filter((path) => path.endsWith("/features"))) {
    const [now, then] = [found[path], answers[path]].map(featuresIn);
    // A built-in feature that the first releases did not have ends the list.
    if (!then!.some(({ code }) => code === REPLY)) assert.equal(now!.pop()?.code, REPLY);
  }
  assertContains(found, answers, "");
  await assertAudited(url);

  const { consumed: before } = await client.balance(COMPANY);
  const story = new Story(service, Temporal.Instant.from(at));
  const line = businessNumber(1);
  const [known, other] = [numberedCustomer(120), numberedCustomer(7_000)];
  await story.deliver(
    // The window of the first is open: only the second opens one, and a template does too.
    customerWrote(line, known, { id: wamid("known"), at_s: story.s() }),
    customerWrote(line, other, { id: wamid("other"), at_s: story.s() }),
    ...templateStatuses(line, numberedCustomer(7_001), { id: wamid("template"), sent_at_s: story.s() }),
  );
  const { consumed: after } = await client.balance(COMPANY);
  const costs = answers[`/v1/companies/${COMPANY}/features`] as { data: { code: string; credits: number }[] };
  const priceOf = (code: string) => costs.data.find((one) => one.code === code)!.credits;
  assert.equal(after - before, priceOf("whatsapp.inbound") + priceOf("whatsapp.outbound"));
  await story.at("2027-01-03T12:00:00Z");
  await assertAudited(url);
  await assertAgreement(client, answers);
}

interface Feature {
  readonly code: string;
}

function featuresIn(answer: unknown): Feature[] {
  const list = answer as Feature[] | { readonly data: Feature[] };
  return Array.isArray(list) ? list : list.data;
}

async function assertAgreement(client: Client, answers: RecordedRelease["answers"]): Promise<void> {
  const reader = { json: (path: string) => client.ok("GET", path), csv: (path: string) => client.csv(path) };
  for (const { company } of answers["/v1/companies"] as { readonly company: string }[]) {
    await assertReportsAgree(reader, company);
  }
}

async function assertAudited(url: string): Promise<void> {
  const lines: string[] = [];
  const screen = { line: (text: string) => void lines.push(text), progress: () => {}, is_terminal: false };
  assert.equal(await audit([], { DATABASE_URL: url }, screen), 0, lines.join("\n"));
}

/** Asserts that an answer has every field of another, with its value. Later versions may add fields, and no rows. */
function assertContains(found: unknown, expected: unknown, path: string): void {
  if (typeof expected !== "object" || expected === null) return assert.deepEqual(found, expected, path);
  assert.ok(typeof found === "object" && found !== null, `${path} is ${found}`);
  if (Array.isArray(expected)) {
    assert.ok(Array.isArray(found) && found.length === expected.length, `${path} has another number of rows`);
  }
  for (const [name, value] of Object.entries(expected)) {
    assertContains((found as Record<string, unknown>)[name], value, `${path} ${name}`);
  }
}
