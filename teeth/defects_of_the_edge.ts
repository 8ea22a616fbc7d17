import type { Defect } from "./defect.ts";

/** Mistakes at the edge: who is let in, who sees what, and what a slow one costs the others. */
export const DEFECTS_OF_THE_EDGE: readonly Defect[] = [
  {
    name: "signature-not-compared",
    harm: "anybody who writes the header in the right form is taken for Meta",
    file: "src/whatsapp/signature.ts",
    right: "if (timingSafeEqual(claimed, computed)) return true;",
    wrong: "return true;",
    watched_by: ["tests/whatsapp/signature.test.ts"],
  },
  {
    name: "empty-secret",
    harm: "a trailing comma in the configuration lets anybody sign with nothing",
    file: "src/whatsapp/signature.ts",
    right: 'if (secret === "") continue;',
    wrong: "",
    watched_by: ["tests/whatsapp/signature.test.ts"],
  },
  {
    name: "another-company-reached",
    harm: "a key of one company reads the balance of another",
    file: "src/http/authentication.ts",
    right: "if (company !== undefined && !reaches(caller, company)) return noCompany();",
    wrong: "",
    watched_by: ["tests/http/authentication.test.ts"],
  },
  {
    name: "contacts-shown",
    harm: "everybody who watches a balance sees whole phone numbers",
    file: "src/http/shown_contact.ts",
    right: "return caller.sees_contacts ? contact : maskContact(contact);",
    wrong: "return contact;",
    watched_by: ["tests/http/masking.test.ts"],
  },
  {
    name: "slow-viewer-unbounded",
    harm: "one browser that stopped reading gathers balances until memory is full",
    file: "src/http/balance_stream.ts",
    right: "highWaterMark: 0",
    wrong: "highWaterMark: Infinity",
    watched_by: ["tests/http/stream.test.ts"],
  },
  {
    name: "older-balance-after-newer",
    harm: "a viewer sees credits come back that were spent",
    file: "src/live/feed.ts",
    right: "if (this.newest !== undefined && balance.version <= this.newest.version) return;",
    wrong: "",
    watched_by: ["tests/live/feed.test.ts"],
  },
  {
    name: "formula-in-csv",
    harm: "a label that begins with = runs in the spreadsheet of whoever downloads it",
    file: "src/http/csv.ts",
    right: "escape_formulas: true,",
    wrong: "escape_formulas: false,",
    watched_by: ["tests/http/csv.test.ts"],
  },
  {
    name: "body-unbounded",
    harm: "one request without a length fills the memory of all",
    file: "src/http/body.ts",
    right: 'if (total > BODY_BYTES_MAX) return "body_too_large";',
    wrong: "",
    watched_by: ["tests/http/problems.test.ts", "tests/http/webhooks.test.ts"],
  },
];
