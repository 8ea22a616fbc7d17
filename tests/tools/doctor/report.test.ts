import assert from "node:assert/strict";
import { secretsIn } from "../../../tools/doctor/doctor.ts";
import { ok, problem, warning } from "../../../tools/doctor/finding.ts";
import { asJson, asText, isHealthy, masked } from "../../../tools/doctor/report.ts";

Deno.test("each finding is a line, and below a problem or a warning stands what to do", () => {
  const findings = [
    ok("port", "it is free"),
    warning("memory", "it is short", "Add some."),
    problem("disk", "full", "Free it."),
  ];
  assert.equal(
    asText(findings),
    [
      "ok       port: it is free",
      "warning  memory: it is short",
      "         Add some.",
      "problem  disk: full",
      "         Free it.",
      "Problems: 1; warnings: 1.",
    ].join("\n"),
  );
  assert.match(asText(findings.slice(0, 2)), /\nNothing has to be mended; warnings: 1\.$/);
  assert.deepEqual([isHealthy(findings), isHealthy(findings.slice(0, 2))], [false, true]);
  const { healthy, findings: listed } = JSON.parse(asJson(findings));
  assert.deepEqual([healthy, listed], [false, findings]);
});

Deno.test("every secret of the environment is masked in the output, in each of its forms", () => {
  const env = {
    ADMIN_KEY: "an-admin-key-of-tests",
    META_APP_SECRET: "newer-secret, older-secret",
    META_VERIFY_TOKEN: "a-verify-token",
    DATABASE_URL: "postgres://credits:p%40ssword@db/credits",
  };
  const text = "an-admin-key-of-tests newer-secret older-secret a-verify-token p%40ssword p@ssword " +
    "postgres://credits:p%40ssword@db/credits credits";
  assert.equal(masked(text, secretsIn(env)), "••• ••• ••• ••• ••• ••• ••• credits");
  const quoted = { ADMIN_KEY: 'an-admin"key\\of-tests' };
  assert.doesNotMatch(
    masked(asJson([warning("port", quoted.ADMIN_KEY, "None.")]), secretsIn(quoted)),
    /admin/,
  );
  // A text of a few characters would mask parts of ordinary words.
  assert.deepEqual(secretsIn({ META_VERIFY_TOKEN: "on" }), []);
});
