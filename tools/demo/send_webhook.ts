/** Sends a customer's message to the running demo, in a webhook with Meta's signature. */

import { processEnvironment } from "../../src/config/environment.ts";
import { parseContact } from "../../src/domain/identity/phone.ts";
import { loadSecrets } from "../../src/config/secrets.ts";
import { BAKERY, COUNTER_LINE } from "./company.ts";
import { webhookAt } from "./delivery.ts";
import { customerWrote, numberedCustomer, wamid } from "../../tests/support/payloads.ts";
import { Api, clockOf } from "./api.ts";
import { demoConfig } from "./settings.ts";

const USAGE = `Usage: deno run -A tools/demo/send_webhook.ts [CONTACT]

Sends a message from a customer to the running demo, in a signed webhook, and prints the balance.

  CONTACT  a phone in digits, or a BSUID; by default ${numberedCustomer(7_654_321).phone}

PORT and DATA_DIR must be those of the demo.`;

if (import.meta.main) {
  try {
    if (Deno.args.some((arg) => arg === "--help" || arg === "-h")) console.log(USAGE);
    else await send(Deno.args[0] ?? numberedCustomer(7_654_321).phone);
  } catch (error) {
    console.error((error as Error).message);
    Deno.exit(1);
  }
}

async function send(contact: string): Promise<void> {
  const identifiers = parseContact(contact);
  if (identifiers === undefined) {
    throw new Error(`Invalid contact "${contact}": give a phone in digits or a BSUID`);
  }
  const api = await runningDemo();
  const before = await api.balance(BAKERY.company);
  const at_s = Math.floor(clockOf(before));
  const message = { id: wamid(crypto.randomUUID()), at_s };
  const delivery = webhookAt(at_s, "message", customerWrote(COUNTER_LINE, identifiers, message));
  await api.deliver(BAKERY.company, delivery);
  const { consumed, available, excess } = await api.balance(BAKERY.company);
  console.log(`${contact} wrote to ${BAKERY.profile.name}. The webhook returned 200.`);
  console.log(`consumed ${before.consumed} -> ${consumed}, available ${available}, excess ${excess}`);
}

async function runningDemo(): Promise<Api> {
  const config = demoConfig(processEnvironment());
  const path = `${config.data_dir}/secrets.json`;
  const started = await Deno.stat(path).then(() => true, () => false);
  if (!started) throw new Error(`${path} not found: start the demo first (deno task demo)`);
  const { secrets: { admin_key, meta_app_secrets } } = await loadSecrets(config);
  const url = `http://127.0.0.1:${config.port}`;
  const signal = AbortSignal.timeout(10_000);
  return new Api({ url, admin_key, app_secret: meta_app_secrets[0]! }, signal);
}
