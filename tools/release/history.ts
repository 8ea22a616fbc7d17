/** The history of a released database: what companies of several time zones meet in four months. All of it is invented. */

import {
  type BusinessNumber,
  businessNumber,
  contactCardSent,
  type Customer,
  customerCalled,
  customerWrote,
  fieldChange,
  messagesChange,
  numberChanged,
  numberedCustomer,
  onStandby,
  statusesOf,
  templateStatuses,
  wamid,
} from "../../tests/support/payloads.ts";
import type { Story } from "./story.ts";

/** When the history begins. */
export const BEGINS = "2026-08-03T12:00:00Z";
/** When it ends: the months from August to November are closed, and December has begun. */
export const ENDS = "2026-12-02T15:00:00Z";
/** The last month that is closed then. */
export const LAST_CLOSED = "2026-11";

const [COUNTER, DELIVERY, KIOSK, WORKSHOP, AGENCY, UNCLAIMED] = [1, 2, 3, 4, 5, 6].map(businessNumber) as [
  BusinessNumber,
  BusinessNumber,
  BusinessNumber,
  BusinessNumber,
  BusinessNumber,
  BusinessNumber,
];
const LINES = [COUNTER, KIOSK, WORKSHOP, AGENCY];
const [ANA, BIA, CAIO, DAVI] = [901, 902, 903, 904].map(numberedCustomer) as [
  Person,
  Person,
  Person,
  Person,
];
type Person = Required<Pick<Customer, "phone" | "bsuid" | "name">>;

/**
 * Plays the history. The test clock must stand at {@link BEGINS}.
 *
 * @param endpoint the URL of an endpoint that accepts alerts
 * @param unreachable the URL of one that never answers
 */
export async function playHistory(
  story: Story,
  { endpoint, unreachable }: { readonly endpoint: string; readonly unreachable: string },
): Promise<void> {
  await august(story, endpoint, unreachable);
  await september(story);
  await october(story);
  await november(story);
  await story.at("2026-12-02T13:00:00Z");
  const key = { name: "invoices", scope: "read" };
  await story.call("POST", "/v1/keys", key, { "idempotency-key": "key-of-the-invoices" });
  // Windows are open when the history ends.
  await trafficAt(story, "2026-12-02T14:00:00Z", 120);
  await story.at(ENDS);
}

async function august(story: Story, endpoint: string, unreachable: string): Promise<void> {
  await createCompanies(story);
  await story.call("POST", "/v1/webhook_endpoints", { url: endpoint });
  await story.call("POST", "/v1/webhook_endpoints", { url: unreachable, company: "padaria" });
  const { id } = await story.call("POST", "/v1/keys", {
    name: "old export",
    scope: "read",
    company: "padaria",
  });
  await story.call("DELETE", `/v1/keys/${id}`);
  await story.call("POST", "/v1/keys", { name: "bot", scope: "ingest", company: "padaria" });
  await story.call("POST", "/v1/companies/padaria/viewer_sessions", { sees_contacts: true });
  for (const day of ["2026-08-04", "2026-08-12", "2026-08-27"]) await trafficAt(story, `${day}T18:00:00Z`, 0);

  await story.at("2026-08-28T12:00:00Z");
  await useAutomation(story, "padaria", "august", 12);
  // A phone and a BSUID turn out to be one person.
  await story.deliver(
    customerWrote(COUNTER, { phone: ANA.phone }, { id: wamid("ana 1"), at_s: story.s() }),
    customerWrote(COUNTER, { bsuid: ANA.bsuid }, { id: wamid("ana 2"), at_s: story.s(60) }),
    customerWrote(COUNTER, ANA, { id: wamid("ana 3"), at_s: story.s(120) }),
    customerCalled(COUNTER, ANA, { id: "call 1", at_s: story.s(180) }),
    onStandby(customerWrote(COUNTER, BIA, { id: wamid("bia 1"), at_s: story.s() })),
  );
}

async function september(story: Story): Promise<void> {
  await story.at("2026-09-02T12:00:00Z");
  // August is closed. These are late: a message, a template that failed after all, and usage.
  const at_s = story.s(-3 * 86_400);
  await story.deliver(
    customerWrote(COUNTER, CAIO, { id: wamid("late 1"), at_s }),
    ...templateStatuses(COUNTER, DAVI, { id: wamid("late 2"), sent_at_s: at_s, ends: "delivered" }),
    statusesOf(KIOSK, numberedCustomer(21), {
      id: wamid("1 2026-08-27T18:00:00Z 11"),
      at_s,
      status: "failed",
    }),
  );
  await useAutomation(story, "padaria", "late", 5, "2026-08-30T12:00:00Z");
  await recordedSends(story, "september");
  await quarantined(story, UNCLAIMED);
  await claimLater(story);
  await story.at("2026-09-10T12:00:00Z");
  await useAutomation(story, "padaria", "september", 40);
  await story.call("PUT", "/v1/companies/padaria/contract", {
    package: { credits: 260, price: "110.00" },
    excess_credit_price: "0.70",
  });
  await story.call("PUT", "/v1/features/automation.run", { credits: 3 });
  const thresholds = { used_percents: [50, 90], credits_left: [20], runs_out_days: 5 };
  await story.call("PUT", "/v1/companies/padaria/alert_thresholds", thresholds);
  for (const day of ["2026-09-11", "2026-09-20"]) await trafficAt(story, `${day}T18:00:00Z`, 30);
  // More than the package: the rest of September is excess.
  await useAutomation(story, "padaria", "campaign", 90);
  await story.alerted("padaria", "package.used_up");
  // The next contact of Bia has another phone.
  await story.deliver(
    numberChanged(COUNTER, BIA, { ...BIA, phone: "5511977770000" }, wamid("moved"), story.s()),
  );
}

async function october(story: Story): Promise<void> {
  await story.at("2026-10-05T12:00:00Z");
  const brazil = { market: "Brazil", marketing: "0.0625", utility: "0.0068", service: "0.0068" };
  const meta_rates = { currency: "USD", effective_from: "2026-10-01", rates: [brazil] };
  await story.call("PUT", "/v1/meta_rates", meta_rates);
  const dollar = { from: "USD", to: "BRL", effective_from: "2026-10-01", rate: "5.4321" };
  await story.call("PUT", "/v1/exchange_rates", dollar);
  await story.call("DELETE", `/v1/companies/padaria/contacts/${DAVI.phone}`);
  await story.call("POST", "/v1/companies/padaria/label_erasures", { text: "maria" });
  await moveDelivery(story);
  // The workshop moves west on a day between the changes of clocks.
  await story.call("PUT", "/v1/companies/oficina", {
    name: "Oficina Süd",
    time_zone: "Europe/Lisbon",
    phone_number_ids: [WORKSHOP.phone_number_id],
    effective_from: "2026-10-20",
  });
  for (const day of ["2026-10-19", "2026-10-20", "2026-10-25"]) {
    await trafficAt(story, `${day}T18:00:00Z`, 60);
  }
  await story.call("POST", "/v1/companies/oficina/contract/cancellation");
}

async function november(story: Story): Promise<void> {
  await story.at("2026-11-03T12:00:00Z");
  await story.call("PUT", "/v1/companies/padaria/features/whatsapp.outbound", { credits: 2 });
  for (const day of ["2026-11-04", "2026-11-23", "2026-11-30"]) {
    await trafficAt(story, `${day}T18:00:00Z`, 90);
  }
  await recordedSends(story, "november");
  await reconcile(story);
  await quarantined(story, businessNumber(7));
  await useAutomation(story, "padaria", "november", 10);
  await useAutomation(story, "agencia", "november", 3, "2026-11-28T12:00:00Z");
  await story.deliver(
    customerWrote(COUNTER, CAIO, { id: wamid("ahead"), at_s: story.s(20 * 60) }),
    contactCardSent(COUNTER, { ...CAIO, origin: "other", at_s: story.s() }),
  );
}

async function createCompanies(story: Story): Promise<void> {
  const create = async (company: string, profile: object, contract?: object) => {
    await story.call("PUT", `/v1/companies/${company}`, profile);
    if (contract) await story.call("PUT", `/v1/companies/${company}/contract`, contract);
  };
  await story.call("PUT", "/v1/features/automation.run", {
    name: { "pt-BR": "Automação", en: "Automation" },
    credits: 2,
  });
  await create("padaria", {
    name: "Padaria do Bairro",
    time_zone: "America/Sao_Paulo",
    country: "BR",
    phone_number_ids: [COUNTER.phone_number_id, DELIVERY.phone_number_id],
  }, { package: { credits: 120, price: "60.00" }, excess_credit_price: "0.80" });
  await story.call("PUT", `/v1/phone_numbers/${COUNTER.phone_number_id}`, { name: "+55 11 3000-0001" });
  const account = { account_id: "102290129340398", time_zone: "America/Los_Angeles", currency: "USD" };
  await story.call("PUT", `/v1/phone_numbers/${COUNTER.phone_number_id}/meta_account`, account);
  await create("confeitaria", { name: "Confeitaria", time_zone: "America/Manaus" });
  await create("pasal", {
    name: "पसल",
    time_zone: "Asia/Kathmandu",
    locale: "en",
    phone_number_ids: [KIOSK.phone_number_id],
  });
  await create(
    "oficina",
    {
      name: "Oficina Süd",
      time_zone: "Europe/Berlin",
      template_in_open_window: "free",
      phone_number_ids: [WORKSHOP.phone_number_id],
    },
    {
      package: { credits: 30, price: "30.00" },
      excess_credit_price: "1.10",
      currency: "EUR",
      first_month: "prorated",
    },
  );
  await create("agencia", {
    name: "Agência",
    time_zone: "-07:00",
    phone_number_ids: [AGENCY.phone_number_id],
  }, { package: null, excess_credit_price: "0.123456", currency: "USD" });
}

/** An hour of every number: customers write, templates are delivered, read or fail. */
async function trafficAt(story: Story, time: string, first: number): Promise<void> {
  await story.at(time);
  const ends = ["read", "delivered", "failed", "sent"] as const;
  for (const [index, line] of LINES.entries()) {
    const id = (number: number) => wamid(`${index} ${time} ${number}`);
    const written = [0, 1, 2, 3].map((n) =>
      customerWrote(line, numberedCustomer(first + 10 * index + n), { id: id(n), at_s: story.s(-600 * n) })
    );
    const templates = ends.flatMap((end, n) =>
      templateStatuses(line, numberedCustomer(first + 10 * index + 2 + n), {
        id: id(10 + n),
        sent_at_s: story.s(-3_000 + n),
        category: n === 0 ? "marketing" : "utility",
        ends: end,
      })
    );
    await story.deliver(...written, ...templates);
  }
}

async function useAutomation(
  story: Story,
  company: string,
  id: string,
  count: number,
  occurred_at?: string,
): Promise<void> {
  const teams = ["vendas", "suporte", "maria"];
  const usages = Array.from({ length: count }, (_, n) => ({
    id: `${id}-${n}`,
    feature: "automation.run",
    quantity: 1 + n % 3,
    attributes: { team: teams[n % 3]!, campaign: id },
    ...occurred_at === undefined ? {} : { occurred_at },
  }));
  await story.call("POST", `/v1/companies/${company}/usage`, usages);
}

/** Sends that our own services record: linked by wamid and by callback data, refused by Meta, and free-form. */
async function recordedSends(story: Story, month: string): Promise<void> {
  const path = "/v1/companies/padaria/messages";
  const send = (message_id: string, { phone: to }: Person, more: object) =>
    story.call("POST", path, { message_id, to, ...more });
  const template = { kind: "template", category: "marketing", attribution: { team: "maria" } };
  await send(wamid(`${month} 1`), ANA, template);
  await send(`${month}-2`, BIA, template);
  await send(`${month}-3`, CAIO, template);
  await send(`${month}-4`, CAIO, { kind: "template", category: "utility" });
  await story.call("POST", `${path}/${month}-4/failed`, { error_code: 132000 });
  await story.deliver(
    statusesOf(COUNTER, ANA, {
      id: wamid(`${month} 1`),
      at_s: story.s(),
      status: "delivered",
      category: "marketing",
    }),
    statusesOf(COUNTER, { bsuid: BIA.bsuid }, {
      id: wamid(`${month} 2`),
      at_s: story.s(),
      status: "delivered",
      callback_data: `${month}-2`,
    }),
    customerWrote(COUNTER, ANA, { id: wamid(`ana in ${month}`), at_s: story.s() }),
  );
  await send(`${month}-5`, ANA, { kind: "free_form" });
}

/** Events of an unknown field, unreadable, too old, and of a number without a company. */
async function quarantined(story: Story, number: BusinessNumber): Promise<void> {
  const [from, timestamp] = [DAVI.phone, String(story.s())];
  const id = (what: string) => wamid(`${what} of ${timestamp}`);
  await story.deliver(
    fieldChange(COUNTER, "message_reels", { messages: [{ from, id: id("reel"), timestamp, type: "text" }] }),
    messagesChange(COUNTER, { messages: [{ id: id("no sender"), timestamp: "soon", type: "text" }] }),
    customerWrote(COUNTER, DAVI, { id: id("old"), at_s: story.s(-10 * 86_400) }),
    customerWrote(number, CAIO, { id: id("nobody's"), at_s: story.s() }),
  );
}

/** Meta's figures of a day are compared with ours: one kind is equal, and Meta alone has another one. */
async function reconcile(story: Story): Promise<void> {
  const day = { start: 1_793_779_200, end: 1_793_865_600, country: "BR", phone_number: "551130000001" };
  const data_points = [
    { ...day, pricing_category: "UTILITY", pricing_type: "REGULAR", volume: 2, cost: 0.0136 },
    { ...day, pricing_category: "AUTHENTICATION", pricing_type: "REGULAR", volume: 5, cost: 0.034 },
  ];
  const body = { id: "102290129340398", pricing_analytics: { data: [{ data_points }] } };
  await story.call("POST", "/v1/reconciliations?from=2026-11-04&to=2026-11-04", body);
}

/** A number is claimed from a time before events of it that wait in quarantine: they are metered. */
async function claimLater(story: Story): Promise<void> {
  await story.call("PUT", "/v1/companies/confeitaria", {
    name: "Confeitaria",
    time_zone: "America/Manaus",
    phone_number_ids: [UNCLAIMED.phone_number_id],
    phone_numbers_from: "2026-09-01T00:00:00Z",
  });
}

/** The delivery's number passes from one company to another; statuses of its old messages stay with the first. */
async function moveDelivery(story: Story): Promise<void> {
  await story.deliver(
    ...templateStatuses(DELIVERY, CAIO, {
      id: wamid("before the move"),
      sent_at_s: story.s(-600),
      ends: "sent",
    }),
  );
  await story.call("PUT", "/v1/companies/padaria", {
    name: "Padaria do Bairro",
    time_zone: "America/Sao_Paulo",
    country: "BR",
    phone_number_ids: [COUNTER.phone_number_id],
  });
  await story.call("PUT", "/v1/companies/confeitaria", {
    name: "Confeitaria",
    time_zone: "America/Manaus",
    phone_number_ids: [UNCLAIMED.phone_number_id, DELIVERY.phone_number_id],
  });
  await story.at("2026-10-06T12:00:00Z");
  await story.deliver(
    statusesOf(DELIVERY, CAIO, { id: wamid("before the move"), at_s: story.s(), status: "delivered" }),
    customerWrote(DELIVERY, CAIO, { id: wamid("after the move"), at_s: story.s() }),
  );
}
