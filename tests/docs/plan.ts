/** Which documents the suite follows, and why it does not run some of their blocks. */

import type { Block } from "./blocks.ts";

const GETTING_STARTED = "docs/guides/getting_started.md";

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
  "docs/guides/recording_sends.md": { after: [GETTING_STARTED] },
  "docs/guides/contracts_and_months.md": { after: [GETTING_STARTED] },
  "docs/guides/connecting_meta.md": { after: [GETTING_STARTED] },
  "docs/guides/alerts.md": {
    after: [GETTING_STARTED],
    // Alerts are sent once a minute, and with each move of the test clock: it moves until the service ends.
    env: { TEST_CLOCK: "1" },
    given: `
tick() {
  curl -o /dev/null localhost:8000/v1/test_clock -H "Authorization: Bearer $ADMIN_KEY" \\
    -H "Content-Type: application/json" -d '{"advance":"PT1S"}'
}
while tick && sleep 0.2; do :; done &`,
  },
  "docs/guides/testing_time.md": { after: [] },
  "docs/guides/report_page.md": { after: [GETTING_STARTED] },
  "CONTRIBUTING.md": { after: [] },
  "docs/operations.md": {
    after: [GETTING_STARTED],
    // A message of a number that no company has waits in quarantine.
    given: `
deliver '{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"messages","value":{
  "metadata":{"phone_number_id":"106540352242923"},"contacts":[{"wa_id":"5511977776666"}],
  "messages":[{"from":"5511977776666","id":"wamid.unclaimed","timestamp":"'$(date +%s)'","type":"text"}]}}]}]}'
ID=$(curl localhost:8000/v1/quarantine -H "Authorization: Bearer $ADMIN_KEY" | sed -n 's/.*"id":"\\([^"]*\\)".*/\\1/p')`,
  },
  "docs/reference.md": { after: [GETTING_STARTED] },
  "tools/audit/README.md": { after: [GETTING_STARTED] },
};

/** Blocks that no session runs. */
export interface NotRun {
  readonly document: string;
  readonly language: string;
  /** How the code of the block begins; without it, every block of the document in this language. */
  readonly begins?: string;
  readonly reason: string;
  /** The test, or the folder of tests, that runs the same in its own way. */
  readonly run_by?: string;
}

const FOR_HOURS = "it takes minutes or hours, and its tests run it for a short time";

/** Every block of a document that no session runs. `bash -n` reads its commands. */
export const NOT_RUN: readonly NotRun[] = [
  {
    document: "README.md",
    language: "sh",
    begins: "npx --yes deno@2.9.6 task demo",
    reason: "it does not end",
    run_by: "tests/tools/demo",
  },
  {
    document: "README.md",
    language: "sh",
    begins: "npx --yes deno@2.9.6 task test",
    reason: "it is the suite that runs this test",
  },
  {
    document: "docs/dependencies.md",
    language: "sh",
    reason: "they ask the npm registry, or load the packages of one tool",
    run_by: "tests/tools",
  },
  {
    document: "CONTRIBUTING.md",
    language: "sh",
    begins: "npx --yes deno@2.9.6 task test:unit",
    reason: "it is a part of the suite that runs this test",
  },
  {
    document: "CONTRIBUTING.md",
    language: "sh",
    begins: "npm install --global",
    reason: "it would change the machine",
  },
  { document: "CONTRIBUTING.md", language: "sh", begins: "apt-get", reason: "it would change the machine" },
  { document: "CONTRIBUTING.md", language: "sh", begins: "systemctl", reason: "it would change the machine" },
  {
    document: "CONTRIBUTING.md",
    language: "sh",
    begins: "npx --yes deno@2.9.6 task dev",
    reason: "it restarts the service, and the suite with it, when a file changes",
  },
  {
    document: "CONTRIBUTING.md",
    language: "sh",
    begins: "npx --yes deno@2.9.6 task demo",
    reason: "it does not end",
    run_by: "tests/tools/demo",
  },
  {
    document: "CONTRIBUTING.md",
    language: "sh",
    begins: "npx --yes deno@2.9.6 test -A --inspect-brk",
    reason: "it waits for a debugger",
  },
  {
    document: "CONTRIBUTING.md",
    language: "sh",
    begins: "npx --yes deno@2.9.6 run -A --inspect",
    reason: "it waits for a debugger, and does not end",
  },
  {
    document: "CONTRIBUTING.md",
    language: "sh",
    begins: "npx --yes deno@2.9.6 task release",
    reason: "it would record a release in the checkout",
  },
  {
    document: "CONTRIBUTING.md",
    language: "sh",
    begins: "npx --yes deno@2.9.6 test -A --coverage",
    reason: "it would write a report into the checkout",
  },
  {
    document: "docs/guides/report_page.md",
    language: "sh",
    begins: "npx --yes deno@2.9.6 task bundle",
    reason: "it would change a file of the checkout",
    run_by: "tests/web/bundle.test.ts",
  },
  {
    document: "docs/guarantees.md",
    language: "sh",
    reason: FOR_HOURS,
    run_by: "tests/tools",
  },
  {
    document: "docs/performance.md",
    language: "sh",
    reason: FOR_HOURS,
    run_by: "tests/tools",
  },
  { document: "docs/performance.md", language: "text", reason: "plans of Postgres for ten million entries" },
  { document: "docs/architecture.md", language: "mermaid", reason: "a drawing" },
  {
    document: "docs/operations.md",
    language: "yaml",
    reason: "a configuration of Prometheus",
    run_by: "tests/deploy/prometheus.test.ts",
  },
  {
    document: "docs/operations.md",
    language: "sh",
    begins: "npm install --global",
    reason: "it would change the machine",
  },
  {
    document: "docs/operations.md",
    language: "sh",
    begins: "npx --yes deno@2.9.6 task doctor",
    reason: "what it finds depends on the machine",
    run_by: "tests/tools/doctor",
  },
  {
    document: "docs/operations.md",
    language: "sh",
    begins: "META_APP_SECRET=",
    reason: "it creates secrets in the checkout",
    run_by: "tests/deploy/compose.test.ts",
  },
  {
    document: "docs/operations.md",
    language: "sh",
    begins: "PUBLIC_URL=https",
    reason: "it needs a container engine",
    run_by: "tests/deploy/compose.test.ts",
  },
  {
    document: "docs/operations.md",
    language: "sh",
    begins: "docker compose",
    reason: "it needs a container engine",
    run_by: "tests/deploy/compose.test.ts",
  },
  {
    document: "docs/operations.md",
    language: "sh",
    begins: "kubectl",
    reason: "it needs a cluster",
    run_by: "tests/deploy/kubernetes.test.ts",
  },
  {
    document: "docs/operations.md",
    language: "sh",
    begins: "npx --yes deno@2.9.6 task image:try",
    reason: "it needs root, debootstrap and the network",
    run_by: "tests/deploy/image.test.ts",
  },
  {
    document: "docs/operations.md",
    language: "sql",
    reason: "roles belong to a whole Postgres, and the tests share one",
    run_by: "tests/postgres/grants.test.ts",
  },
  {
    document: "docs/operations.md",
    language: "sh",
    begins: `curl -X PUT localhost:8000/v1/companies/confeitaria -H "Authorization: Bearer $ADMIN_KEY" \\
  -H "Content-Type: application/json" \\
  -d '{"name":"Confeitaria","time_zone":"America/Sao_Paulo","phone_number_ids":["106540352242922"],
    "phone_numbers_from"`,
    reason: "the time is that of the reader's move",
    run_by: "tests/http/resources/phone_numbers.test.ts",
  },
  {
    document: "docs/operations.md",
    language: "sh",
    begins: "pg_dump",
    reason: "it needs a Postgres of the reader, and its programs",
  },
  {
    document: "docs/operations.md",
    language: "sh",
    begins: "pg_restore",
    reason: "it needs a Postgres of the reader, and its programs",
  },
  {
    document: "docs/operations.md",
    language: "sh",
    begins: "tar",
    reason: "the service is stopped, and all of its data archived",
  },
  {
    document: "docs/operations.md",
    language: "sh",
    begins: "mkdir",
    reason: "the service is stopped, and all of its data archived",
  },
  {
    document: "docs/operations.md",
    language: "sh",
    begins: "(cd migrations && sha256sum",
    reason: "it is for a checkout of a release",
    run_by: "tests/postgres/migrations.test.ts",
  },
  {
    document: "docs/operations.md",
    language: "sh",
    begins: "npx --yes deno@2.9.6 task zones",
    reason: "it needs the network",
    run_by: "tests/tools/zones",
  },
  {
    document: "docs/guides/connecting_meta.md",
    language: "sh",
    begins: 'curl -X POST "https://graph.facebook.com/',
    reason: "it calls Meta",
  },
  {
    document: "docs/security.md",
    language: "sql",
    reason: "it needs a superuser",
    run_by: "tests/service/privacy.test.ts",
  },
  {
    document: "src/embedded_postgres/README.md",
    language: "sh",
    reason: "they look into the files of a running Postgres, to find a fault",
  },
  { document: "tools/bench/README.md", language: "sh", reason: FOR_HOURS, run_by: "tests/tools/bench" },
  { document: "tools/mutation/README.md", language: "sh", reason: FOR_HOURS, run_by: "tests/tools/mutation" },
  {
    document: "tools/simulation/README.md",
    language: "sh",
    reason: FOR_HOURS,
    run_by: "tests/tools/simulation",
  },
  ...["sh", "js", "ts"].map((language) => ({
    document: "client/README.md",
    language,
    reason: "it is run where the package is installed",
    run_by: "tests/client/package.test.ts",
  })),
];

/** Programs that a session knows. Any other command of a document is listed above. */
const KNOWN =
  /^(?:\w+=.*|\w+\(\) \{|(?:export|curl|deliver|wrote|printf|openssl|node|(?:npx --yes deno@2\.9\.6|deno) (?:task (?:start|audit)|test -A tests\/domain))\b)/;

/** Returns why a block is not run; undefined if a session runs it. */
export function notRun(block: Block): NotRun | undefined {
  return NOT_RUN.find(({ document, language, begins = "" }) =>
    document === block.document && language === block.language && block.code.startsWith(begins)
  );
}

/** Returns what is wrong with a block that is not in the list; undefined if its session runs it. */
export function faultOf(block: Block): string | undefined {
  if (!(block.document in SESSIONS)) return "no session runs this document";
  if (block.language === "sh") return KNOWN.test(block.code) ? undefined : "no session knows this command";
  if (["json", "text"].includes(block.language) || block.file !== undefined) return undefined;
  return `no session runs a block of "${block.language}"`;
}
