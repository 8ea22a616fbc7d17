/**
 * Sends one message to the running demo as a customer would, in a webhook signed as Meta signs it:
 *
 *     deno run -A tools/demo/send_webhook.ts [phone or BSUID]
 */

import { processEnvironment } from "../../src/config/environment.ts";
import { parseContact } from "../../src/domain/identity/phone.ts";
import { loadSecrets } from "../../src/config/secrets.ts";
import { BAKERY, COUNTER_LINE } from "./company.ts";
import { webhookAt } from "./delivery.ts";
import { customerWrote, numberedCustomer, wamid } from "../../tests/support/payloads.ts";
import { Api, clockOf } from "./api.ts";
import { demoConfig } from "./settings.ts";

if (import.meta.main) {
  try {
    await send(Deno.args[0] ?? numberedCustomer(7_654_321).phone);
  } catch (error) {
    console.error((error as Error).message);
    Deno.exit(1);
  }
}

async function send(contact: string): Promise<void> {
  const identifiers = parseContact(contact);
  if (identifiers === undefined) throw new Error(`"${contact}" is neither a phone in digits nor a BSUID`);
  const api = await runningDemo();
  const before = await api.balance(BAKERY.company);
  const at_s = Math.floor(clockOf(before));
  const message = { id: wamid(crypto.randomUUID()), at_s };
  const delivery = webhookAt(at_s, "message", customerWrote(COUNTER_LINE, identifiers, message));
  await api.deliver(BAKERY.company, delivery);
  const { consumed, available, excess } = await api.balance(BAKERY.company);
  console.log(`${contact} wrote to ${BAKERY.profile.name}; the webhook was answered 200.`);
  console.log(`consumed ${before.consumed} -> ${consumed}, available ${available}, excess ${excess}`);
}

async function runningDemo(): Promise<Api> {
  const config = demoConfig(processEnvironment());
  const folder = `${config.data_dir}/secrets.json`;
  const started = await Deno.stat(folder).then(() => true, () => false);
  if (!started) throw new Error(`there is no ${folder}: start the demo first (deno task demo)`);
  const { secrets: { admin_key, meta_app_secrets } } = await loadSecrets(config);
  const url = `http://127.0.0.1:${config.port}`;
  const give_up = AbortSignal.timeout(10_000);
  return new Api({ url, admin_key, app_secret: meta_app_secrets[0]! }, give_up);
}
