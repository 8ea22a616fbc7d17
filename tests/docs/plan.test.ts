import assert from "node:assert/strict";
import { faultOf } from "./plan.ts";

Deno.test("a session runs the commands that it knows, and none that might change the machine", () => {
  const faultIn = (code: string, document = "docs/operations.md") =>
    faultOf({ document, line: 1, language: "sh", code, lead: "", file: undefined });
  const known = [
    "curl localhost:8000/metrics | grep poli",
    "export KEY=$(sed -n p data/secrets.json)",
    "BODY='{\n}'",
    "SIGNATURE=$(openssl dgst)\ncurl localhost:8000",
    "deliver() {\n  curl localhost:8000\n}",
    "DATA_DIR=./data/test TEST_CLOCK=1 npx --yes deno@2.9.6 task start",
    "deno task audit --company padaria",
  ];
  for (const code of known) assert.equal(faultIn(code), undefined, code);
  const refused = [
    "systemctl disable --now pgbouncer",
    "FORCE=1 systemctl disable pgbouncer",
    "META_APP_SECRET=x sh deploy/compose/create_secrets.sh",
    "export A=1\nsudo reboot",
    "curl localhost:8000; rm -r data",
    "npx --yes deno@2.9.6 task release",
    "deno run -A tools/bench/memory.ts",
  ];
  for (const code of refused) assert.equal(faultIn(code), "no session knows this command", code);
  assert.equal(faultIn("curl localhost:8000", "docs/performance.md"), "no session runs this document");
});
