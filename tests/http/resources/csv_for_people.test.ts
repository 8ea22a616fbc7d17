import assert from "node:assert/strict";
import { businessNumber, customerWrote, numberedCustomer, wamid } from "../../support/payloads.ts";
import { FILE_TEXTS } from "../../../src/http/resources/file_texts.ts";
import { rowsOfCsv } from "../../support/csv.ts";
import { TestService } from "../test_service.ts";

const ACME = "/v1/companies/acme";
const CSV = { accept: "text/csv" };
const LINE = businessNumber(1);

/** A company with a package of 2 credits, three conversations, and a use of 10 credits that a label names. */
async function inExcess(): Promise<TestService> {
  const service = new TestService();
  await service.createCompany("acme", { phone_number_ids: [LINE.phone_number_id] });
  const name = { "pt-BR": "SMS; enviado", en: "SMS, sent" };
  await service.readJson("PUT", "/v1/features/sms.sent", { credits: 2, name });
  await service.readJson("PUT", `${ACME}/contract`, {
    package: { credits: 2, price: "135" },
    excess_credit_price: "0.125",
    currency: "BRL",
  });
  const at_s = service.now_ms / 1000;
  for (let i = 1; i <= 3; i++) {
    await service.deliver(
      customerWrote(LINE, { phone: numberedCustomer(i).phone }, { id: wamid(`m${i}`), at_s: at_s + i }),
    );
  }
  await service.readJson("POST", `${ACME}/usage`, {
    id: "u1",
    feature: "sms.sent",
    quantity: 5,
    attributes: { department: "0012" },
  });
  return service;
}

async function linesOf(service: TestService, path: string, headers: Record<string, string> = CSV) {
  const response = await service.request("GET", path, undefined, headers);
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(await response.bytes());
  assert.equal(response.status, 200, text);
  assert.equal(text[0], "\ufeff");
  return text.slice(1).trimEnd().split("\r\n");
}

Deno.test("the ledger for people has headings, names, local times and the amount of each excess", async () => {
  await using service = await inExcess();
  const lines = await linesOf(service, `${ACME}/ledger?locale=pt-BR`);
  assert.deepEqual(lines.slice(0, 3), [
    "Lançamento;Mês;Data do uso;Ocorrido em;Tipo;Recurso;Direção;Contato;Créditos;Do pacote;Excedente;" +
    "Valor do excedente;Moeda;Disponíveis depois;Excedente depois;Registrado após fechar o dia;" +
    "Registrado após fechar o mês;Registrado em",
    '5;novembro de 2026;03/11/2026;03/11/2026 09:00:00;Consumo;"SMS; enviado";;;-10;0;10;1,25;R$;0;11;não;não;' +
    "03/11/2026 09:00:00",
    "4;novembro de 2026;03/11/2026;03/11/2026 09:00:03;Consumo;Conversa;iniciada pelo cliente;" +
    "55 11 98000-0003;-1;0;1;0,125;R$;0;1;não;não;03/11/2026 09:00:00",
  ]);
  const english = await linesOf(service, `${ACME}/ledger?locale=en`);
  assert.equal(
    english[1],
    '5,November 2026,2026-11-03,2026-11-03 09:00:00,Use,"SMS, sent",,,-10,0,10,1.25,R$,0,11,no,no,' +
      "2026-11-03 09:00:00",
  );
});

Deno.test("the amounts of a month's entries add up to the excess amount of its statement, which is rounded once", async () => {
  await using service = await inExcess();
  const lines = await linesOf(service, `${ACME}/ledger?locale=en`);
  const at = lines[0]!.split(",").indexOf("Excess amount");
  const amounts = lines.slice(1).map((line) => Number(line.replace(/"[^"]*"/, "name").split(",")[at]));
  const [statement] = (await service.readJson("GET", `${ACME}/statements`)).data;
  assert.equal(amounts.reduce((sum, amount) => sum + amount, 0), 1.375);
  assert.equal(statement.excess_amount, "1.38");
});

Deno.test("each number of an entry is the change of the number after it: excess that is used is positive, as its amount", async () => {
  await using service = await inExcess();
  const texts = FILE_TEXTS["pt-BR"].ledger;
  const lines = await linesOf(service, `${ACME}/ledger?locale=pt-BR`);
  const rows = rowsOfCsv(`\ufeff${lines.join("\r\n")}\r\n`, ";").sort((a, b) =>
    Number(a[texts.seq]) - Number(b[texts.seq])
  );
  let [available, excess] = [0, 0];
  for (const row of rows) {
    const number = (name: "credits" | "prepaid" | "excess" | "available_after" | "excess_after") =>
      Number(row[texts[name]]);
    assert.equal(number("credits"), number("prepaid") - number("excess"));
    available += number("prepaid");
    excess += number("excess");
    assert.deepEqual([number("available_after"), number("excess_after")], [available, excess]);
    const amount = row[texts.excess_amount]!.replace(",", ".");
    assert.equal(Number(amount), 0.125 * number("excess"));
  }
  const [statement] = (await service.readJson("GET", `${ACME}/statements`)).data;
  assert.equal(excess, statement.excess);
  assert.ok(excess > 0);
});

Deno.test("a refund has a negative amount, and an entry without excess has none", async () => {
  await using service = await inExcess();
  const types = Object.fromEntries(
    (await linesOf(service, `${ACME}/ledger?locale=en`)).map((line) =>
      line.replace(/"[^"]*"/, "name").split(",")
    )
      .map((cells) => [cells[0], cells[11]]),
  );
  assert.deepEqual(types, { Entry: "Excess amount", 1: "", 2: "", 3: "", 4: "0.125", 5: "1.25" });
});

Deno.test("Accept-Language chooses the file for people; without it, and by locale=und, the file is for programs", async () => {
  await using service = await inExcess();
  const first = async (path: string, accept_language?: string) => {
    const headers = accept_language === undefined ? CSV : { ...CSV, "accept-language": accept_language };
    return (await linesOf(service, path, headers))[0]!.split(/[;,]/).slice(0, 3);
  };
  for (
    const [list, programs, people] of [
      ["ledger", ["seq", "type", "period"], ["Lançamento", "Mês", "Data do uso"]],
      ["statements", ["period", "status", "opening"], ["Mês", "Situação", "Créditos do pacote"]],
      ["usage", ["day", "feature", "direction"], ["Data", "Recurso", "Direção"]],
    ] as const
  ) {
    const path = `${ACME}/${list}`;
    assert.deepEqual(await first(path), programs);
    assert.deepEqual(await first(path, "*"), programs);
    assert.deepEqual(await first(`${path}?locale=und`, "pt-BR"), programs);
    assert.deepEqual(await first(path, "pt-PT,pt;q=0.9,en;q=0.8"), people);
    assert.deepEqual(await first(`${path}?locale=pt-BR`, "en"), people);
  }
  assert.equal((await service.requestProblem("GET", `${ACME}/ledger?locale=fr`)).code, "invalid_request");
});

Deno.test("statements for people have prices, totals and the currency", async () => {
  await using service = await inExcess();
  const [headings, row] = await linesOf(service, `${ACME}/statements?locale=pt-BR`);
  assert.deepEqual(row, "novembro de 2026;aberto;2;13;2;0;11;135,00;0,125;1,38;136,38;R$;;");
  assert.equal(row!.split(";").length, headings!.split(";").length);
});

Deno.test("usage for people names features, and keeps ids and labels as texts", async () => {
  await using service = await inExcess();
  const by_label = await linesOf(
    service,
    `${ACME}/usage?locale=pt-BR&group_by=day,feature,attribute:department`,
  );
  assert.deepEqual(by_label, [
    "Data;Recurso;Departamento;Quantidade;Créditos",
    '03/11/2026;"SMS; enviado";\'0012;5;10',
    "03/11/2026;Conversa;;3;3",
  ]);
  const by_number = await linesOf(service, `${ACME}/usage?locale=en&group_by=direction,phone_number_id`);
  assert.deepEqual(by_number, [
    "Direction,Number (Meta's id),Quantity,Credits",
    `inbound,'${LINE.phone_number_id},3,3`,
    ",,5,10",
  ]);
});

Deno.test("the file for people is written page by page, by date and complete", async () => {
  await using service = await inExcess();
  const more = Array.from({ length: 1_500 }, (_, i) => ({ id: `x${i}`, feature: "sms.sent", quantity: 1 }));
  await service.readJson("POST", `${ACME}/usage`, more.slice(0, 1_000));
  await service.readJson("POST", `${ACME}/usage`, more.slice(1_000));
  const lines = await linesOf(service, `${ACME}/ledger?locale=en&feature=sms.sent`);
  assert.deepEqual(
    lines.slice(1).map((line) => Number(line.split(",")[0])),
    Array.from({ length: 1_501 }, (_, i) => 1_505 - i),
  );
});

Deno.test("the columns of labels have the names of the page", async () => {
  await using service = await inExcess();
  const path = `${ACME}/usage?from=2026-11-01&to=2026-11-30&group_by=attribute:department,attribute:city`;
  assert.equal((await linesOf(service, `${path}&locale=pt-BR`))[0], "Departamento;city;Quantidade;Créditos");
  assert.equal((await linesOf(service, `${path}&locale=en`))[0], "Department,city,Quantity,Credits");
});

Deno.test("the time of a record is local in the zone of its own day, in the file and the receipt", async () => {
  await using service = await inExcess();
  const zone = (time_zone: string) => ({ name: "Acme", time_zone, phone_number_ids: [LINE.phone_number_id] });
  await service.readJson("POST", "/v1/test_clock", { now: "2026-11-06T12:00:00Z" });
  await service.readJson("PUT", ACME, zone("Pacific/Kiritimati"));
  await service.readJson("POST", "/v1/test_clock", { now: "2026-11-12T13:00:00Z" });
  const late = { id: "u2", feature: "sms.sent", quantity: 1, occurred_at: "2026-11-05T12:00:00Z" };
  await service.readJson("POST", `${ACME}/usage`, late);
  const lines = await linesOf(service, `${ACME}/ledger?locale=pt-BR&late=true`);
  assert.match(lines[1]!, /;05\/11\/2026 09:00:00;.*;13\/11\/2026 03:00:00$/);
  const { data: [{ seq }] } = await service.readJson("GET", `${ACME}/ledger?late=true`);
  const page = await (await service.request("GET", `/reports/credits/acme?entry=${seq}`)).text();
  assert.match(page, /13 de nov[^<]*03:00/);
});
