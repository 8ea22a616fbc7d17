/** Blocks of the documents that the suite does not run, each with the reason. `bash -n` reads their commands. */

/** A block, or several of one document, that no session runs. */
export interface NotRun {
  /** How the code of the block begins; without it, every block of the document in this language. */
  readonly begins?: string;
  /** The language of the fence. Default: `sh`. */
  readonly language?: string;
  readonly reason: string;
  /** The test, or the folder of tests, that runs the same in its own way. */
  readonly run_by?: string;
}

const FOR_HOURS = "it takes minutes or hours, and its tests run it for a short time";
const CHANGES_MACHINE = "it would change the machine";
const CHANGES_CHECKOUT = "it would change files of the checkout";
const ENDLESS = "it does not end";
const NEEDS_NETWORK = "it needs the network";
const OWN_POSTGRES = "it needs a Postgres of the reader, and its programs";
const TASK = "npx --yes deno@2.9.6 task";

/** The blocks by document. */
export const NOT_RUN: Readonly<Record<string, readonly NotRun[]>> = {
  "README.md": [
    { begins: `${TASK} demo`, reason: ENDLESS, run_by: "tests/tools/demo" },
    { begins: `${TASK} test`, reason: "it is the suite that runs this test" },
  ],
  "CONTRIBUTING.md": [
    { begins: `${TASK} test:unit`, reason: "it is a part of the suite that runs this test" },
    { begins: "npm install --global", reason: CHANGES_MACHINE },
    { begins: "apt-get", reason: CHANGES_MACHINE },
    { begins: "systemctl", reason: CHANGES_MACHINE },
    { begins: `${TASK} dev`, reason: ENDLESS },
    { begins: `${TASK} demo`, reason: ENDLESS, run_by: "tests/tools/demo" },
    { begins: "npx --yes deno@2.9.6 test -A --inspect-brk", reason: "it waits for a debugger" },
    { begins: "npx --yes deno@2.9.6 run -A --inspect", reason: ENDLESS },
    { begins: "npx --yes deno@2.9.6 test -A --coverage", reason: CHANGES_CHECKOUT },
    { begins: `${TASK} release`, reason: CHANGES_CHECKOUT },
  ],
  "client/README.md": ["sh", "js", "ts"].map((language) => ({
    language,
    reason: "it is run where the package is installed",
    run_by: "tests/client/package.test.ts",
  })),
  "docs/architecture.md": [{ language: "mermaid", reason: "a drawing" }],
  "docs/dependencies.md": [
    { reason: "they ask the npm registry, or load the packages of one tool", run_by: "tests/tools" },
  ],
  "docs/guarantees.md": [{ reason: FOR_HOURS, run_by: "tests/tools" }],
  "docs/guides/connecting_meta.md": [
    { begins: 'curl -X POST "https://graph.facebook.com/', reason: "it calls Meta" },
  ],
  "docs/guides/meta_costs.md": [
    { begins: 'curl -g -H "Authorization: Bearer $META_TOKEN"', reason: "it calls Meta" },
  ],
  "docs/operations.md": [
    { begins: "npm install --global", reason: CHANGES_MACHINE },
    {
      begins: `${TASK} doctor`,
      reason: "what it finds depends on the machine",
      run_by: "tests/tools/doctor",
    },
    { begins: "META_APP_SECRET=", reason: CHANGES_CHECKOUT, run_by: "tests/deploy/compose.test.ts" },
    {
      begins: "sh deploy/compose/create_cluster_secrets.sh",
      reason: CHANGES_CHECKOUT,
      run_by: "tests/deploy/compose_cluster.test.ts",
    },
    {
      begins: "PUBLIC_URL=https",
      reason: "it needs a container engine",
      run_by: "tests/deploy/compose.test.ts",
    },
    {
      begins: "docker compose",
      reason: "it needs a container engine",
      run_by: "tests/deploy/compose.test.ts",
    },
    { begins: `${TASK} cluster`, reason: ENDLESS, run_by: "tests/tools/cluster" },
    { begins: "kubectl", reason: "it needs a cluster", run_by: "tests/deploy/kubernetes.test.ts" },
    {
      begins: `${TASK} image:try`,
      reason: "it needs root, debootstrap and the network",
      run_by: "tests/deploy/image.test.ts",
    },
    {
      language: "yaml",
      reason: "a configuration of Prometheus",
      run_by: "tests/deploy/prometheus.test.ts",
    },
    {
      language: "sql",
      reason: "roles belong to a whole Postgres, and the tests share one",
      run_by: "tests/postgres/grants.test.ts",
    },
    {
      begins: `curl -X PUT localhost:8000/v1/companies/confeitaria -H "Authorization: Bearer $ADMIN_KEY" \\
  -H "Content-Type: application/json" \\
  -d '{"name":"Confeitaria","time_zone":"America/Sao_Paulo","phone_number_ids":["106540352242922"],
    "phone_numbers_from"`,
      reason: "the time is that of the reader's move",
      run_by: "tests/http/resources/phone_numbers.test.ts",
    },
    { begins: "pg_dump", reason: OWN_POSTGRES },
    { begins: "pg_restore", reason: OWN_POSTGRES },
    {
      begins: "(cd migrations && sha256sum",
      reason: "it is for a checkout of a release",
      run_by: "tests/postgres/migrations.test.ts",
    },
    { begins: `${TASK} zones`, reason: NEEDS_NETWORK, run_by: "tests/tools/zones" },
  ],
  "docs/performance.md": [
    { reason: FOR_HOURS, run_by: "tests/tools" },
    { language: "text", reason: "plans of Postgres for ten million entries" },
  ],
  "docs/scaling.md": [
    { begins: "deno task chaos", reason: FOR_HOURS, run_by: "tests/service/cluster.test.ts" },
    { reason: "it needs a Citus cluster of the reader", run_by: "tests/tools/distribute" },
  ],
  "docs/security.md": [
    { language: "sql", reason: "it needs a superuser", run_by: "tests/service/privacy.test.ts" },
  ],
  "src/embedded_postgres/README.md": [
    { reason: "they look into the files of a running Postgres, to find a fault" },
  ],
  "tools/bench/README.md": [{ reason: FOR_HOURS, run_by: "tests/tools/bench" }],
  "tools/chaos/README.md": [{ reason: FOR_HOURS, run_by: "tests/tools/chaos" }],
  "tools/mutation/README.md": [{ reason: FOR_HOURS, run_by: "tests/tools/mutation" }],
  "tools/simulation/README.md": [{ reason: FOR_HOURS, run_by: "tests/tools/simulation" }],
};
