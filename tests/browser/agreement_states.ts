/** Companies for the comparison of the page with the API: each comes to its state while its page is open. */

import { numberedCustomer, statusesOf, wamid } from "../support/payloads.ts";
import type { Client } from "../support/service.ts";
import {
  type Company,
  createCompany,
  deliver,
  moveClockTo,
  receiveMessages,
  sendTemplate,
  serviceTime,
  setPackage,
  ZONE,
} from "./scenes.ts";

/** A state of the page, and how a company gets into it. */
export interface State {
  readonly name: string;
  readonly company: string;
  /** The query of the page's address. */
  readonly query?: string;
  /** Changes the company before its page is opened. */
  prepare?(client: Client, company: Company): Promise<void>;
  /** Changes the company while its page is open. */
  change(client: Client, company: Company): Promise<void>;
  /** The main number, the used share and the excess after the change. */
  readonly shows: readonly [lead: string, share: string | undefined, excess: string];
}

/** The history of a company: uses of each day from the 10th of February to the 19th of March. */
interface History {
  readonly company: string;
  readonly package: number | null;
  readonly a_day: number;
}

/** Packages and daily use: 19 closed days of March bring each close to its state. */
const HISTORIES: readonly History[] = [
  { company: "folgada", package: 1_000, a_day: 12 },
  { company: "atenta", package: 1_000, a_day: 39 },
  { company: "excedida", package: 1_500, a_day: 78 },
  { company: "avulsa", package: null, a_day: 15 },
  { company: "acabando", package: 1_000, a_day: 45 },
  { company: "futura", package: null, a_day: 15 },
  { company: "crescente", package: 200, a_day: 15 },
  { company: "ajustada", package: 1_000, a_day: 5 },
];

/** Features besides that of the history, so that some are among the others. */
const FEATURES: Readonly<Record<string, [name: string, credits: number]>> = {
  "sms.sent": ["SMS enviado", 2],
  "email.sent": ["E-mail enviado", 1],
  "ai.reply": ["Resposta de IA", 3],
  "ai.summary": ["Resumo de IA", 5],
  "voice.minute": ["Minuto de voz", 4],
  "file.stored": ["Arquivo guardado", 1],
  "lead.found": ["Contato encontrado", 7],
};

/** The states in the order of their times: the clock never goes back. */
export const STATES: readonly State[] = [
  {
    name: "a healthy package",
    company: "folgada",
    change: async (client, company) => {
      await receiveMessages(client, company, 1, 2, 3);
      await sendTemplate(client, company, 4);
      for (const [i, feature] of Object.keys(FEATURES).entries()) {
        await use(client, company, feature, 1 + i, { campaign: "Páscoa" });
      }
    },
    shows: ["660", "34%", "0"],
  },
  {
    name: "80 % of the package used, on a day far above the usual",
    company: "atenta",
    change: async (client, company) => {
      await receiveMessages(client, company, 1, 2);
      await use(client, company, "automation.run", 150, { department: "Vendas", campaign: "Páscoa" });
    },
    shows: ["107", "89%", "0"],
  },
  {
    name: "126 % of the package used",
    company: "excedida",
    change: async (client, company) => {
      await use(client, company, "automation.run", 400, { department: "Suporte" });
      await receiveMessages(client, company, ...Array.from({ length: 15 }, (_, i) => i));
    },
    shows: ["0", "126%", "397"],
  },
  {
    name: "no package",
    company: "avulsa",
    change: async (client, company) => {
      await receiveMessages(client, company, 1);
      await use(client, company, "automation.run", 40, { department: "Vendas" });
      await sendTemplate(client, company, 2);
    },
    shows: ["327", undefined, "327"],
  },
  {
    name: "a package that begins later this month",
    company: "futura",
    prepare: (client, company) => schedule(client, company, 300),
    change: async (client, company) => await use(client, company, "automation.run", 15, {}),
    shows: ["300", undefined, "300"],
  },
  {
    name: "a used up package that grows later this month",
    company: "crescente",
    prepare: (client, company) => schedule(client, company, 500),
    change: async (client, company) => await use(client, company, "automation.run", 15, {}),
    shows: ["0", "150%", "100"],
  },
  {
    name: "a package that runs out at today's pace",
    company: "acabando",
    prepare: (client, company) => reach(client, company, "2031-03-20T09:00"),
    change: async (client, company) => {
      await use(client, company, "automation.run", 28, { department: "Vendas" });
      await receiveMessages(client, company, 1, 2);
    },
    shows: ["115", "88%", "0"],
  },
  {
    name: "a first month that begins on its 20th, with use of earlier days",
    company: "recente",
    change: async (client, company) => {
      for (const days of [5, 3]) await use(client, company, "automation.run", 150, {}, days);
    },
    shows: ["700", "30%", "0"],
  },
  {
    name: "a prorated first month, with a smaller package to come",
    company: "rateada",
    prepare: async (client, { path }) => {
      const terms = { excess_credit_price: "0.1235", currency: "BRL", first_month: "prorated" };
      await client.ok("PUT", `${path}/contract`, { ...terms, package: { credits: 1_000, price: "300.00" } });
      await client.ok("PUT", `${path}/contract`, { ...terms, package: { credits: 500, price: "160.00" } });
    },
    change: async (client, company) => {
      await use(client, company, "automation.run", 389, { campaign: "Páscoa" });
    },
    shows: ["0", "100,3%", "1"],
  },
  {
    name: "no contract and no prices",
    company: "sem-contrato",
    prepare: async (client, company) => await use(client, company, "sms.sent", 3, {}),
    change: async (client, company) => {
      await receiveMessages(client, company, 1, 2);
      await use(client, company, "sms.sent", 2, { department: "Vendas" }, 2);
    },
    shows: ["12", undefined, "12"],
  },
  {
    name: "a month that has just turned",
    company: "folgada",
    prepare: (client, company) => reach(client, company, "2031-03-31T23:58"),
    change: async (client, company) => {
      await moveClockTo(client, "2031-04-01T00:00");
      await receiveMessages(client, company, 1, 2);
      await use(client, company, "automation.run", 7, {}, 1);
    },
    shows: ["998", "0,2%", "0"],
  },
  {
    name: "a closed month with late entries and adjustments",
    company: "ajustada",
    query: "month=2031-03",
    prepare: async (client, company) => {
      await reach(client, company, "2031-04-01T00:00");
      // A credit that had expired is used, then its template turns out to have failed.
      const sent_at_s = await serviceTime(client, company) - 86_400;
      const template = { id: wamid("late template"), at_s: sent_at_s, category: "marketing" };
      const customer = numberedCustomer(1);
      await deliver(client, [statusesOf(company.line, customer, { ...template, status: "sent" })]);
      const failed = { ...template, at_s: sent_at_s + 2, status: "failed", error_code: 131_026 };
      await deliver(client, [statusesOf(company.line, customer, failed)]);
    },
    change: async (client, company) => {
      await use(client, company, "automation.run", 40, { department: "Vendas" }, 3);
      await use(client, company, "sms.sent", 500, {}, 2);
    },
    shows: ["1.135", "114%", "135"],
  },
];

/** Creates the companies and their history. */
export async function createHistories(client: Client): Promise<ReadonlyMap<string, Company>> {
  await moveClockTo(client, "2031-02-10T00:00");
  for (const [feature, [name, credits]] of Object.entries(FEATURES)) {
    await client.ok("PUT", `/v1/features/${feature}`, { credits, name: { "pt-BR": name, en: name } });
  }
  const companies = new Map<string, Company>();
  for (const { company, package: credits } of HISTORIES) {
    companies.set(company, await createCompany(client, company));
    await setPackage(client, companies.get(company)!, credits);
  }
  const last = Temporal.PlainDate.from("2031-03-19");
  for (
    let day = Temporal.PlainDate.from("2031-02-10");
    day.until(last).sign >= 0;
    day = day.add({ days: 1 })
  ) {
    await moveClockTo(client, `${day}T05:00`);
    const attributes: Record<string, string> = day.day % 3 === 0
      ? {}
      : { department: day.day % 2 === 0 ? "Vendas" : "Suporte" };
    for (const { company, a_day } of HISTORIES) {
      await use(client, companies.get(company)!, "automation.run", a_day, attributes);
    }
  }
  await moveClockTo(client, "2031-03-20T05:00");
  for (const name of ["recente", "rateada", "sem-contrato"]) {
    companies.set(name, await createCompany(client, name));
  }
  await setPackage(client, companies.get("recente")!, 1_000);
  return companies;
}

/** Agrees on a package that begins, or grows, on the 28th of March. */
async function schedule(client: Client, { path }: Company, credits: number): Promise<void> {
  await client.ok("PUT", `${path}/contract`, {
    package: { credits, price: "160.00" },
    starts_on: "2031-03-28",
    excess_credit_price: "0.12",
    currency: "BRL",
  });
}

/** Moves the clock to a local time, unless an earlier state has. */
async function reach(client: Client, company: Company, local: string): Promise<void> {
  const at_s = Temporal.PlainDateTime.from(local).toZonedDateTime(ZONE).epochMilliseconds / 1_000;
  if (await serviceTime(client, company) < at_s) await moveClockTo(client, local);
}

let uses = 0;

/** Reports one use of a feature with a quantity, some days ago. */
async function use(
  client: Client,
  company: Company,
  feature: string,
  quantity: number,
  attributes: Readonly<Record<string, string>>,
  days_ago = 0,
): Promise<void> {
  const occurred_at = new Date(1_000 * (await serviceTime(client, company) - 86_400 * days_ago))
    .toISOString();
  const usage = { id: `use-${uses++}`, feature, quantity, occurred_at, attributes };
  await client.ok("POST", `${company.path}/usage`, usage);
}
