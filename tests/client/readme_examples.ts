/** The TypeScript examples of the client's README as one module, and a program that runs each of them. */

/** What the examples presuppose. `RUN_EXAMPLES` provides it. */
const GIVEN = `
declare const credits: PoliCredits;
declare const request: Request;
declare const process: { readonly env: Readonly<Record<string, string>> };
`;

/**
 * Writes the examples as functions of one module, \`example0\` and so on.
 *
 * @param examples the code of each
 * @param more code after them
 */
export function examplesModule(examples: readonly string[], more: string): string {
  // A function of its own for each: their names do not meet. Imports stand before all; Node's own types are not installed.
  const imports = new Set(examples.flatMap((example) => example.match(/^import .* from "@.*$/gm) ?? []));
  const functions = examples.map((example, index) =>
    `export async function example${index}() {\n${example.replaceAll(/^import .*$/gm, "")}}\n`
  );
  return [...imports, GIVEN, more, ...functions].join("\n");
}

/**
 * A program of Node that runs the examples in the order of the README, on a company whose package has one credit. The
 * first argument is the URL of the service, the second the key.
 */
export const RUN_EXAMPLES = `
import { createHmac } from "node:crypto";
import process from "node:process";
import { PoliCredits } from "@poli-credits/client";
import * as examples from "./out/examples.js";

const [url, key] = process.argv.slice(2);
globalThis.credits = new PoliCredits({ url, key });

// The first example does not end. The second follows the balance until the last credit is used.
let lines = 0;
const print = console.log;
console.log = (...values) => {
  lines++;
  print(...values);
};
const followed = examples.example1();
while (lines < 2) await new Promise((resolve) => setTimeout(resolve, 5));
const params = { path: { company: "padaria" } };
const body = { message_id: "m1", to: "+5511977776666", kind: "template" };
await credits.api.POST("/v1/companies/{company}/messages", { params, body });
await followed;

for (const number of [2, 3, 4, 5, 6]) await examples["example" + number]();

const alert = JSON.stringify({ type: "package.used_up", data: { company: "padaria", excess: 3 } });
const timestamp = String(Math.floor(Date.now() / 1000));
process.env.ALERT_SECRET = "whsec_" + Buffer.from("a secret of the test").toString("base64");
const signature = createHmac("sha256", "a secret of the test").update("msg_1." + timestamp + "." + alert).digest("base64");
const headers = { "webhook-id": "msg_1", "webhook-timestamp": timestamp, "webhook-signature": "v1," + signature };
globalThis.request = new Request(url, { method: "POST", headers, body: alert });
await examples.example7();
globalThis.request = new Request(url, { method: "POST", headers, body: "another body" });
await examples.example7();

// A browser at the service's origin, whose cookie is its credential.
globalThis.location = { origin: url };
const send = globalThis.fetch;
globalThis.fetch = (request) => {
  request.headers.set("authorization", "Bearer " + key);
  return send(request);
};
globalThis.document = {
  set title(title) {
    console.log(title);
    process.exit(0);
  },
};
await examples.example8();
`;
