import assert from "node:assert/strict";
import type { Customer } from "../support/payloads.ts";
import {
  businessNumber,
  customerCalled,
  customerWrote,
  fieldChange,
  handedOver,
  messagesChange,
  numberChanged,
  onStandby,
  statusesOf,
  templateStatuses,
} from "../support/payloads.ts";
import { createDatabase, startCluster } from "../support/database.ts";
import { dumpDatabase } from "../support/dump.ts";
import type { Client } from "../support/service.ts";
import { COMPANY, LINE, seconds, SECRETS, ServiceProcess } from "../support/service.ts";
import { tracesOf } from "../support/identifier_traces.ts";

const ANA = { phone: "5511987123456", bsuid: "BR.73491208655302741918" };
const ANA_PARENT = "BR.ENT.58127093344190276655";
const ANA_EMAIL = "ana.jacaranda@example.com";
/** A name is not recognized: it is stored with its label until an erasure of labels. */
const ANA_NAME = "Ana Jacarandá";
const ANA_NEXT = { phone: "5521976234567" };
const BETO = { phone: "5511985345678" };
const UNCLAIMED_LINE = businessNumber(9);
const OF = `/v1/companies/${COMPANY}`;

/** Builds a message id like Meta's, which contains the account's number in base64. */
function wamidOf({ phone = "" }: Customer, end: string): string {
  const account = phone.replace(/^(55..)9(\d{8})$/, "$1$2");
  return `wamid.${btoa(`\x1c\x18${String.fromCharCode(account.length)}${account}\x15\x02\x00\x12${end}`)}`;
}

/** Delivers every kind of event that identifies a person, with each outcome: metered, quarantined, refused. */
async function deliverPerson(client: Client, at_s: number): Promise<void> {
  const id = (end: string) => wamidOf(ANA, end);
  for (
    const change of [
      customerWrote(LINE, ANA, { id: id("1"), at_s }),
      ...templateStatuses(LINE, ANA, { id: id("2"), sent_at_s: at_s, callback_data: `to ${ANA.phone}` }),
      customerWrote(LINE, ANA, { id: id("3"), at_s: at_s - 9 * 86_400 }),
      customerWrote(LINE, ANA, { id: id("4"), at_s: at_s + 3_600 }),
      customerWrote(LINE, ANA, { id: id("5"), at_s, content: { timestamp: "soon" } }),
      statusesOf(LINE, { phone: "x" }, { id: id("6"), at_s, status: "", content: { timestamp: null } }),
      customerWrote(LINE, ANA, { id: id("7"), at_s, type: "reaction" }),
      customerWrote(UNCLAIMED_LINE, ANA, { id: id("8"), at_s }),
      statusesOf(UNCLAIMED_LINE, ANA, { id: id("9"), at_s, status: "failed", error_code: 131_026 }),
      numberChanged(LINE, ANA, ANA_NEXT, id("10"), at_s),
      messagesChange(LINE, { messages: [ANA.phone, { from: ANA.phone }] }),
      fieldChange(LINE, "smb_message_echoes", { from: ANA.phone }),
      onStandby(customerWrote(LINE, ANA, { id: id("12"), at_s })),
      customerWrote(LINE, { phone: ANA.phone, parent_bsuid: ANA_PARENT }, {
        id: id("13"),
        at_s,
      }),
      customerCalled(LINE, ANA, { id: id("14"), at_s }),
      handedOver(LINE, ANA, at_s),
      ...[LINE, UNCLAIMED_LINE].map((line) => ({
        ...customerWrote(line, ANA, { id: id("15"), at_s }),
        field: "customer_events",
      })),
    ]
  ) assert.equal(await client.deliver(change), 200);
  const feature = "automation.run";
  await client.ok("PUT", `/v1/features/${feature}`, { credits: 1 });
  const attributes = {
    customer: ANA.phone,
    note: `for +${ANA.phone}`,
    national: "11 98712 3456",
    email: ANA_EMAIL,
    name: ANA_NAME,
  };
  for (const run of ["run-1", "run of (11) 98712-3456", `run of ${ANA_EMAIL}`, id("16")]) {
    await client.ok("POST", `${OF}/usage`, { id: run, feature, quantity: 1, attributes });
  }
  const send = { message_id: id("11"), to: ANA.phone, kind: "template", attribution: attributes };
  await client.ok("POST", `${OF}/messages`, send);
  await client.ok("POST", `${OF}/quotes`, { recipients: [ANA.phone, ANA.bsuid] });
}

async function totalsOf(client: Client) {
  const { as_of: _, ...balance } = await client.balance();
  const { data: statements } = await client.ok("GET", `${OF}/statements`);
  const { data } = await client.ok("GET", `${OF}/ledger`);
  const entries = data.map(({ window: _, ...row }: { window: unknown }) => row);
  const usage = await client.ok("GET", `${OF}/usage?from=2000-01-01&to=2100-01-01`).catch(() => undefined);
  return { consumed: balance.consumed, excess: balance.excess, statements, entries, usage };
}

/** Reads the data files of a cluster, without its write-ahead log, which is overwritten over time. */
async function filesOf(data_dir: string): Promise<string> {
  const base = `${data_dir}/cluster/pgdata/base`;
  const parts: string[] = [];
  for await (const database of Deno.readDir(base)) {
    for await (const { name } of Deno.readDir(`${base}/${database.name}`)) {
      const bytes = await Deno.readFile(`${base}/${database.name}/${name}`);
      parts.push(new TextDecoder("latin1").decode(bytes));
    }
  }
  return parts.join("\n");
}

function tracesIn(text: string, traces: readonly string[]): string[] {
  return traces.filter((trace) => text.includes(trace));
}

Deno.test("after an erasure neither a database dump nor the log contains the person, and no total changes", async () => {
  await using database = await createDatabase();
  await using service = await ServiceProcess.start({ DATABASE_URL: database.url, LOG_LEVEL: "debug" });
  const { client } = service;
  await client.createCompany();
  const at_s = seconds(await client.now());
  await deliverPerson(client, at_s);
  assert.equal(await client.deliver(customerWrote(LINE, BETO, { id: wamidOf(BETO, "1"), at_s })), 200);
  const traces = [...tracesOf(ANA.phone, ANA.bsuid, ANA_PARENT, ANA_NEXT.phone), ANA_EMAIL, ANA_NAME];
  const before_erasure = tracesIn(await dumpDatabase(database.superuser_url), traces);
  for (const name of [ANA.phone, ANA.bsuid, ANA_PARENT, ANA_NEXT.phone, ANA_NAME]) {
    assert.ok(before_erasure.includes(name), name);
  }
  assert.ok(before_erasure.length > 5, `only ${before_erasure}: the test looks in the wrong place`);
  const before = await totalsOf(client);

  const erased = await client.ok("DELETE", `${OF}/contacts/${ANA.phone.replace(/^(55..)9/, "$1")}`);
  assert.equal(erased.names_erased, 4);
  assert.ok(erased.events_erased >= 5);
  const again = await client.ok("DELETE", `${OF}/contacts/+${ANA.phone}`);
  assert.deepEqual(again, {
    contact: ANA.phone,
    contacts_erased: 0,
    reason: "identifiers_already_deleted",
    names_erased: 0,
    events_erased: 0,
  });
  const labels_erased = await client.ok("POST", `${OF}/label_erasures`, { text: "ana jacarandá" });
  assert.deepEqual(labels_erased, { label_sets_erased: 1 });
  assert.deepEqual(tracesIn(await dumpDatabase(database.superuser_url), traces), []);
  assert.deepEqual(await totalsOf(client), before);

  await deliverPerson(client, at_s);
  assert.deepEqual(tracesIn(await dumpDatabase(database.superuser_url), traces), []);
  assert.deepEqual(await totalsOf(client), before);
  assert.deepEqual(tracesIn(service.output, traces), []);
  assert.ok(
    tracesIn(await dumpDatabase(database.superuser_url), tracesOf(BETO.phone)).length > 0,
    "other people are not erased",
  );

  await client.ok("POST", "/v1/test_clock", { advance: "PT1M" });
  await client.deliver(
    customerWrote(LINE, ANA, { id: wamidOf(ANA, "12"), at_s: seconds(await client.now()) }),
  );
  assert.ok(
    tracesIn(await dumpDatabase(database.superuser_url), [ANA.phone]).length > 0,
    "a person who writes again is stored again",
  );
});

Deno.test("data files contain nothing of an erased person after a rewrite", async () => {
  await using cluster = await startCluster();
  await using service = await ServiceProcess.start({ DATABASE_URL: cluster.url });
  const { client } = service;
  await client.createCompany();
  await deliverPerson(client, seconds(await client.now()));
  const { connect, disconnect } = await import("../../src/postgres/connection.ts");
  const url = Object.assign(new URL(cluster.superuser_url), { pathname: new URL(cluster.url).pathname });
  const operator = await connect(url.href, { application_name: "tests" });
  // The files are read byte by byte: a text beyond ASCII looks otherwise.
  const traces = [...tracesOf(ANA.phone, ANA.bsuid, ANA_PARENT, ANA_NEXT.phone), ANA_EMAIL, "Ana Jacarand"];
  try {
    // Statistics contain copies of column values.
    await operator.query("analyze");
    await operator.query("checkpoint");
    const before_erasure = tracesIn(await filesOf(cluster.data_dir), traces);
    assert.ok(before_erasure.length > 5, "the test looks in the wrong place");
    assert.ok(before_erasure.includes("Ana Jacarand"));
    await client.ok("DELETE", `${OF}/contacts/${ANA.phone}`);
    await client.ok("POST", `${OF}/label_erasures`, { text: ANA_NAME });
    await operator.query("vacuum full contacts, quarantine, label_sets");
    await operator.query("checkpoint");
    assert.deepEqual(tracesIn(await filesOf(cluster.data_dir), traces), []);
  } finally {
    await disconnect(operator);
  }
});

Deno.test("no log line and no metric contains a person or a secret, errors and faults included", async () => {
  await using cluster = await startCluster();
  const url = new URL(cluster.url);
  await using service = await ServiceProcess.start({ DATABASE_URL: url.href, LOG_LEVEL: "debug" });
  const { client } = service;
  await client.createCompany();
  await deliverPerson(client, seconds(await client.now()));
  const invalid_calls: readonly (readonly [string, string, unknown?])[] = [
    ["GET", `${OF}/contacts/${ANA.phone}/window?${ANA.phone}=1`],
    ["GET", `/${ANA.phone}?to=${ANA.phone}`],
    ["GET", `/v1/companies/${ANA.phone}/balance`],
    ["POST", `${OF}/messages`, { message_id: "x", to: `${ANA.phone}x`, kind: ANA.phone, [ANA.phone]: 1 }],
    ["POST", `${OF}/usage`, { id: ANA.phone, feature: ANA.phone, quantity: 1 }],
    ["GET", `${OF}/ledger?cursor=${ANA.phone}`],
    ["DELETE", `${OF}/ledger/${ANA.phone}`],
  ];
  for (const [method, path, body] of invalid_calls) await client.call(method, path, body);
  // Postgres quotes the row in its constraint errors.
  const { connect, disconnect } = await import("../../src/postgres/connection.ts");
  const superuser = new URL(cluster.superuser_url);
  superuser.pathname = url.pathname;
  const saboteur = await connect(superuser.href, { application_name: "tests" });
  await saboteur.query(
    `alter table contacts add constraint refuses check (identifier <> '${BETO.phone}') not valid`,
  );
  await saboteur.query(
    `alter table quarantine add constraint refuses check (reason <> 'unknown_phone_number') not valid`,
  );
  await disconnect(saboteur);
  const at_s = seconds(await client.now());
  assert.equal(await client.deliver(customerWrote(LINE, BETO, { id: wamidOf(BETO, "1"), at_s })), 503);
  assert.ok(
    await client.deliver(customerWrote(UNCLAIMED_LINE, BETO, { id: wamidOf(BETO, "2"), at_s })) >= 500,
  );
  Deno.kill(cluster.postgres.pid!, "SIGKILL");
  for (let n = 0; n < 3; n++) {
    await client.deliver(customerWrote(LINE, ANA, { id: wamidOf(ANA, `k${n}`), at_s }));
  }
  const metrics = await (await fetch(`${service.url}/metrics`)).text();
  const traces = tracesOf(ANA.phone, ANA.bsuid, ANA_NEXT.phone, BETO.phone);
  const secrets = [...Object.values(SECRETS), url.password];
  assert.match(
    service.output,
    /rejected a change of .*violates check constraint/,
    "the log has no injected fault",
  );
  assert.deepEqual(tracesIn(service.output, [...traces, ...secrets]), []);
  assert.deepEqual(tracesIn(metrics, [...traces, ...secrets]), []);
});

Deno.test("the error for a database that is unreachable or refuses the login omits the password", async () => {
  await using database = await createDatabase();
  const password = "a-password-that-nobody-may-see";
  for (
    const change of [
      (url: URL) => url.password = password,
      (url: URL) => url.hostname = `no such ${password}`,
    ]
  ) {
    const url = new URL(database.url);
    url.password = password;
    change(url);
    const started = ServiceProcess.start({ DATABASE_URL: url.href, LOG_LEVEL: "debug" });
    const error = await started.then(() => undefined, (error: Error) => error);
    assert.match(error?.message ?? "it started", /cannot start/);
    assert.deepEqual(tracesIn(error!.message, [password, ...Object.values(SECRETS)]), []);
  }
});
