/** Which documents the suite follows, and which of their blocks it may run. */

import type { Block } from "./blocks.ts";
import { NOT_RUN, type NotRun } from "./not_run.ts";

const GETTING_STARTED = "docs/guides/getting_started.md";
const CONNECTING_META = "docs/guides/connecting_meta.md";
const RECORDING_SENDS = "docs/guides/recording_sends.md";
const CONTRACTS_AND_MONTHS = "docs/guides/contracts_and_months.md";

/** How a document is followed. */
export interface Session {
  /** The documents that its reader has followed before, in the same shell. */
  readonly after: readonly string[];
  /** Commands that bring about what the document presupposes. */
  readonly given?: string;
  /** Variables of the service that the document does not set. */
  readonly env?: Readonly<Record<string, string>>;
}

/** The documents whose commands are run, from the first to the last. */
export const SESSIONS: Readonly<Record<string, Session>> = {
  "README.md": { after: [] },
  [GETTING_STARTED]: { after: [] },
  [CONNECTING_META]: { after: [GETTING_STARTED] },
  [RECORDING_SENDS]: { after: [GETTING_STARTED, CONNECTING_META] },
  [CONTRACTS_AND_MONTHS]: { after: [GETTING_STARTED, CONNECTING_META, RECORDING_SENDS] },
  "docs/guides/alerts.md": {
    after: [GETTING_STARTED, CONNECTING_META, RECORDING_SENDS, CONTRACTS_AND_MONTHS],
    // Alerts are sent once a minute, and with each move of the test clock: it moves until the service ends.
    env: { TEST_CLOCK: "1" },
    given: `
tick() {
  curl -o /dev/null localhost:8000/v1/test_clock -H "Authorization: Bearer $ADMIN_KEY" \\
    -H "Content-Type: application/json" -d '{"advance":"PT1S"}'
}
while tick && sleep 0.2; do :; done &`,
  },
  "docs/guides/meta_costs.md": {
    after: [GETTING_STARTED, CONNECTING_META, RECORDING_SENDS, CONTRACTS_AND_MONTHS],
  },
  "docs/guides/testing_time.md": { after: [] },
  "docs/guides/report_page.md": { after: [GETTING_STARTED] },
  "CONTRIBUTING.md": { after: [] },
  "docs/operations.md": {
    after: [GETTING_STARTED],
    // A message of a number that no company has waits in quarantine.
    given: `
DATA_DIR=./data
deliver '{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"messages","value":{
  "metadata":{"phone_number_id":"106540352242923"},"contacts":[{"wa_id":"5511977776666"}],
  "messages":[{"from":"5511977776666","id":"wamid.unclaimed","timestamp":"'$(date +%s)'","type":"text"}]}}]}]}'
ID=$(curl localhost:8000/v1/quarantine -H "Authorization: Bearer $ADMIN_KEY" | sed -n 's/.*"id":"\\([^"]*\\)".*/\\1/p')`,
  },
  "docs/reference.md": { after: [GETTING_STARTED] },
  "tools/audit/README.md": { after: [GETTING_STARTED] },
};

/** Commands that a session knows. */
const KNOWN_COMMAND = /^(?:export|curl|deliver|wrote|printf|openssl|node|mkdir|tar)\b/;
const KNOWN_DENO = /^(?:npx --yes deno@2\.9\.6|deno) (?:task (?:start|audit)|test -A tests\/domain)\b/;
/** A function, or a variable that is set by itself. */
const DEFINITION = /^(?:\w+\(\) \{$|\w+=(?:'|\$\(|\S*$))/;
/** Programs that change the machine, wherever in a block they stand. */
const CHANGES_MACHINE = /\b(?:apt-get|docker|kubectl|npm|rm|sudo|systemctl)\b/;

/** Returns why a block is not run; undefined if a session runs it. */
export function notRun(block: Block): NotRun | undefined {
  return NOT_RUN[block.document]?.find(({ language = "sh", begins = "" }) =>
    language === block.language && block.code.startsWith(begins)
  );
}

/** Returns what is wrong with a block that is not in the list; undefined if its session may run it. */
export function faultOf(block: Block): string | undefined {
  if (!(block.document in SESSIONS)) return "no session runs this document";
  if (block.language === "sh") return isKnown(block.code) ? undefined : "no session knows this command";
  if (["json", "text"].includes(block.language) || block.file !== undefined) return undefined;
  return `no session runs a block of "${block.language}"`;
}

function isKnown(code: string): boolean {
  const [line] = code.split("\n");
  const command = line!.replace(/^(?:\w+=\S+ )+/, "");
  const is_known = KNOWN_COMMAND.test(command) || KNOWN_DENO.test(command) || DEFINITION.test(line!);
  return is_known && !CHANGES_MACHINE.test(code);
}
