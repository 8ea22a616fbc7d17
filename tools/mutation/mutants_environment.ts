import type { Mutant } from "./mutant.ts";

/** Mutants of the environment that the service runs in, and of the doctor that checks it. */
export const ENVIRONMENT_MUTANTS: readonly Mutant[] = [
  {
    name: "rotated-secret-ignored",
    harm: "a secret that was rotated in its file stays the one of a forgotten variable",
    file: "src/config/secret_files.ts",
    original: "if (env[name]) throw new Error(`${name} is set too: unset one of the two`);",
    mutated: "if (env[name]) { result[name] = env[name]; continue; }",
    tests: ["tests/config/secret_files.test.ts"],
  },
  {
    name: "extra-grants-unseen",
    harm: "the doctor finds nothing wrong with a service that may change the ledger",
    file: "src/postgres/grants.ts",
    original: "!wanted.includes(privilege)",
    mutated: "privilege === undefined",
    tests: ["tests/tools/doctor/database.test.ts"],
  },
  {
    name: "token-sent-in-the-clear",
    harm: "the doctor sends Meta's verify token over a network without TLS",
    file: "tools/doctor/network.ts",
    original: 'protocol !== "https:" && !LOCAL.test(hostname)',
    mutated: 'protocol === "ftp:" && !LOCAL.test(hostname)',
    tests: ["tests/tools/doctor/network.test.ts"],
  },
  {
    name: "secrets-unmasked",
    harm: "a message of a driver that quotes a secret puts it into the doctor's output",
    file: "tools/doctor/report.ts",
    original: 'masked_text.replaceAll(secret, "•••")',
    mutated: "(void secret, masked_text)",
    tests: ["tests/tools/doctor/report.test.ts"],
  },
];
