import assert from "node:assert/strict";
import type {
  FactKind,
  LedgerEntry,
  ServiceMessageCause,
  UsageCause,
  WindowCause,
} from "../../src/domain/ledger.ts";
import type { ContactId, FeatureCode, LocalDate, MessageKey, Month } from "../../src/domain/types.ts";
import { credits, INBOUND, OUTBOUND, SERVICE_MESSAGE } from "../../src/domain/types.ts";
import { type Language, sentenceOf } from "../../src/domain/receipt.ts";
import { localMs } from "../support/fixtures.ts";

const ZONE = "America/Sao_Paulo";
const MORNING_MS = localMs("2026-11-03 09:05", ZONE);

Deno.test("a grant names its month and its credits", () => {
  says(entry({ type: "grant", credits: 1_000 }), {
    pt: "O pacote de novembro de 2026 concedeu 1.000 créditos.",
    en: "The package of November 2026 granted 1,000 credits.",
  });
});

Deno.test("an expiry says what was left, of one credit in the singular", () => {
  says(entry({ type: "expiry", credits: -96 }), {
    pt: "Sobraram 96 créditos do pacote de novembro de 2026, que expiraram no fim do mês.",
    en: "96 credits of the package of November 2026 were left and expired with the month.",
  });
  says(entry({ type: "expiry", credits: -1 }), {
    pt: "Sobrou 1 crédito do pacote de novembro de 2026, que expirou no fim do mês.",
    en: "1 credit of the package of November 2026 was left and expired with the month.",
  });
});

Deno.test("an adjustment says whether expired credits came back, or what was given back expired", () => {
  says(entry({ type: "adjustment", credits: 2, late: true }), {
    pt:
      "2 créditos expirados com novembro de 2026 voltaram para cobrir um consumo que chegou depois do fechamento.",
    en: "2 credits that had expired with November 2026 came back to cover what arrived after its close.",
  });
  says(entry({ type: "adjustment", credits: 1, late: true }), {
    pt:
      "1 crédito expirado com novembro de 2026 voltou para cobrir um consumo que chegou depois do fechamento.",
    en: "1 credit that had expired with November 2026 came back to cover what arrived after its close.",
  });
  says(entry({ type: "adjustment", credits: -3, late: true }), {
    pt: "3 créditos devolvidos a novembro de 2026 expiraram, pois o mês já estava fechado.",
    en: "3 credits given back to November 2026 expired, for the month was closed already.",
  });
  says(entry({ type: "adjustment", credits: -1, late: true }), {
    pt: "1 crédito devolvido a novembro de 2026 expirou, pois o mês já estava fechado.",
    en: "1 credit given back to November 2026 expired, for the month was closed already.",
  });
});

Deno.test("a reopening says what came back and what was taken back, because a clock was ahead", () => {
  const cause = {
    type: "reopening",
    by: "ops",
    closed_through: "2026-11-28" as LocalDate,
    closed_before: "2027-01-12" as LocalDate,
  } as const;
  says({ ...entry({ type: "adjustment", credits: 998 }), cause }, {
    pt:
      "O mês de novembro de 2026 foi reaberto, porque um relógio adiantado o tinha fechado: 998 créditos de volta.",
    en:
      "The month of November 2026 was reopened, because a clock that was ahead had closed it: 998 credits came back.",
  });
  says({ ...entry({ type: "grant", credits: -1_000 }), cause }, {
    pt: "O pacote de novembro de 2026, concedido por um relógio adiantado, foi retirado: 1.000 créditos.",
    en:
      "The package of November 2026, which a clock that was ahead had granted, was taken back: 1,000 credits.",
  });
});

Deno.test("a window the customer opened says when they wrote, by the company's clock", () => {
  says(window({ direction: "inbound", fact: "wrote" }), {
    pt:
      "Cobramos 1 crédito porque o cliente escreveu em 3 de novembro de 2026 às 09:05 e abriu a conversa do dia.",
    en:
      "Charged 1 credit because the customer wrote on November 3, 2026 at 09:05 and opened the day's conversation.",
  });
});

Deno.test("a window a template opened says when it left", () => {
  says(window({ direction: "outbound", fact: "sent", credits: -2 }), {
    pt:
      "Cobramos 2 créditos porque um modelo de mensagem saiu em 3 de novembro de 2026 às 09:05 e abriu a conversa do dia iniciada pela empresa.",
    en:
      "Charged 2 credits because a template left on November 3, 2026 at 09:05 and opened the day's business-initiated conversation.",
  });
});

Deno.test("what came after its day had been closed says so", () => {
  says(window({ direction: "inbound", fact: "wrote", late: true }), {
    pt:
      "Cobramos 1 crédito porque o cliente escreveu em 3 de novembro de 2026 às 09:05 e abriu a conversa do dia; o aviso chegou depois do fechamento desse dia.",
    en:
      "Charged 1 credit because the customer wrote on November 3, 2026 at 09:05 and opened the day's conversation; word of it arrived after that day had been closed.",
  });
});

Deno.test("what is given back says why", () => {
  const pt = "Devolvemos 1 crédito da conversa aberta em 3 de novembro de 2026 às 09:05: ";
  const en = "Gave back 1 credit for the conversation opened on November 3, 2026 at 09:05: ";
  const why = (given: GivenBack, in_pt: string, in_en: string) =>
    says(window({ credits: 1, units: -1, ...given }), { pt: `${pt}${in_pt}.`, en: `${en}${in_en}.` });
  why(
    { direction: "outbound", fact: "failed" },
    "o modelo que a abriu falhou",
    "the template that opened it failed",
  );
  why(
    { direction: "outbound", fact: "send_failed" },
    "a Meta recusou o modelo que a abriu",
    "Meta refused the template that opened it",
  );
  why(
    { direction: "inbound", fact: "sent" },
    "um modelo enviado antes já tinha aberto a conversa do dia",
    "a template that left earlier had opened the day's conversation",
  );
  why(
    { direction: "outbound", fact: "delivered" },
    "o que chegou depois mudou como ou quando ela foi aberta",
    "what arrived later changed how or when it was opened",
  );
  why(
    { direction: "inbound", fact: "wrote" },
    "o cliente já tinha escrito antes a outro número",
    "the customer had written to another number before",
  );
  why(
    { direction: "outbound", fact: "wrote" },
    "o cliente já tinha escrito antes, e modelos com a conversa aberta são grátis",
    "the customer had written before, and templates in an open conversation are free",
  );
  why(
    { direction: "inbound", fact: "alias_learned" },
    "dois contatos são a mesma pessoa",
    "two contacts turned out to be one person",
  );
  why(
    { direction: "inbound", fact: "number_changed" },
    "a pessoa mudou de número e já tinha conversa no dia",
    "the person changed numbers and had a conversation that day",
  );
  why(
    { direction: "outbound", fact: "sent", units: 0 },
    "o que chegou depois mudou o preço dela",
    "what arrived later changed its price",
  );
});

Deno.test("a window that stays and costs more says that its price changed", () => {
  says(window({ direction: "outbound", fact: "sent", credits: -2, units: 0 }), {
    pt:
      "Cobramos mais 2 créditos pela conversa aberta em 3 de novembro de 2026 às 09:05: o que chegou depois mudou o preço dela.",
    en:
      "Charged 2 credits more for the conversation opened on November 3, 2026 at 09:05: what arrived later changed its price.",
  });
});

Deno.test("a reply says when it was delivered, and why it is given back", () => {
  const cause: ServiceMessageCause = {
    type: "service_message",
    contact: "00000000-0000-4000-8000-000000000001" as ContactId,
    message: "00000000-0000-4000-8000-000000000002" as MessageKey,
    phone_number_id: "106540000000001",
    delivered_at_ms: MORNING_MS,
    units: 1,
    rate: { feature: SERVICE_MESSAGE, version: 2, own: false, credits: credits(2) },
    fact: { kind: "delivered", at_ms: MORNING_MS },
    attribution: null,
  };
  const of_reply = { feature: SERVICE_MESSAGE, direction: "none" } as const;
  says(entry({ type: "consumption", credits: -2, ...of_reply, cause }), {
    pt:
      "Cobramos 2 créditos por uma resposta ao cliente, que a Meta marca como cobrável, entregue em 3 de novembro de 2026 às 09:05.",
    en:
      "Charged 2 credits for a reply to the customer, which Meta marks as billable, delivered on November 3, 2026 at 09:05.",
  });
  const why: [kind: FactKind, pt: string, en: string][] = [
    [
      "read",
      "o que chegou depois mudou o que ela é ou quando foi entregue",
      "what arrived later changed what it is or when it was delivered",
    ],
    ["message_moved", "a mensagem foi para outro número", "the message went to another number"],
    ["alias_learned", "dois contatos são a mesma pessoa", "two contacts turned out to be one person"],
    ["number_changed", "dois contatos são a mesma pessoa", "two contacts turned out to be one person"],
  ];
  for (const [kind, pt, en] of why) {
    const given_back = { ...cause, units: -1, fact: { kind, at_ms: MORNING_MS + 60_000 } };
    says(entry({ type: "reversal", credits: 2, late: true, ...of_reply, cause: given_back }), {
      pt:
        `Devolvemos 2 créditos da resposta entregue em 3 de novembro de 2026 às 09:05: ${pt}; o aviso chegou depois do fechamento desse dia.`,
      en:
        `Gave back 2 credits for the reply delivered on November 3, 2026 at 09:05: ${en}; word of it arrived after that day had been closed.`,
    });
  }
});

Deno.test("usage says how much of what, by the name the rate card has for it, or else by its code", () => {
  const cause: UsageCause = {
    type: "usage",
    usage_id: "u1",
    quantity: 1_500,
    rate: { feature: "sms.sent" as FeatureCode, version: 1, own: false, credits: credits(2) },
    attribution: null,
  };
  const used = entry({
    type: "consumption",
    credits: -3_000,
    feature: "sms.sent" as FeatureCode,
    cause,
    occurred_at_ms: MORNING_MS,
  });
  const named = { "pt-BR": "SMS enviado", en: "SMS sent" };
  says(used, {
    pt:
      "Cobramos 3.000 créditos por 1.500 × SMS enviado em 3 de novembro de 2026 às 09:05, a 2 créditos cada.",
    en: "Charged 3,000 credits for 1,500 × SMS sent on November 3, 2026 at 09:05, at 2 credits each.",
  }, named);
  assert.match(sentence(used, "en"), /1,500 × sms\.sent/);
});

Deno.test("times are in the company's zone and in the 24-hour format", () => {
  const late = window({
    direction: "inbound",
    fact: "wrote",
    opened_at_ms: localMs("2026-11-03 21:00", ZONE),
  });
  assert.match(sentence(late, "en"), /November 3, 2026 at 21:00/);
  assert.match(
    sentenceOf(late, { language: "pt-BR", time_zone: "Asia/Tokyo", feature_name: undefined }),
    /4 de novembro de 2026 às 09:00/,
  );
});

interface Sentences {
  readonly pt: string;
  readonly en: string;
}

interface GivenBack {
  readonly direction: "inbound" | "outbound";
  readonly fact: FactKind;
  readonly units?: number;
}

function says(of: LedgerEntry, { pt, en }: Sentences, name?: { "pt-BR": string; en: string }): void {
  assert.equal(sentence(of, "pt-BR", name), pt);
  assert.equal(sentence(of, "en", name), en);
}

function sentence(
  of: LedgerEntry,
  language: Language,
  feature_name?: { "pt-BR": string; en: string },
): string {
  return sentenceOf(of, { language, time_zone: ZONE, feature_name });
}

type PlainEntry = Partial<Omit<LedgerEntry, "credits">> & {
  readonly type: LedgerEntry["type"];
  readonly credits: number;
};

function entry({ credits: amount, ...more }: PlainEntry): LedgerEntry {
  return {
    seq: 1,
    period: "2026-11" as Month,
    local_date: "2026-11-03" as LocalDate,
    feature: null,
    direction: "none",
    credits: credits(amount),
    prepaid: credits(amount),
    excess: credits(0),
    available_after: credits(0),
    excess_after: credits(0),
    late: false,
    occurred_at_ms: MORNING_MS,
    recorded_at_ms: MORNING_MS,
    cause: null,
    ...more,
  };
}

interface PlainWindow extends GivenBack {
  readonly credits?: number;
  readonly late?: boolean;
  readonly opened_at_ms?: number;
}

function window(
  { direction, fact, credits: amount = -1, units = 1, late = false, opened_at_ms = MORNING_MS }: PlainWindow,
): LedgerEntry {
  const feature = direction === "inbound" ? INBOUND : OUTBOUND;
  const cause: WindowCause = {
    type: "window",
    contact: "00000000-0000-4000-8000-000000000001" as ContactId,
    opened_at_ms,
    units,
    message: "00000000-0000-4000-8000-000000000002" as MessageKey,
    phone_number_id: "106540000000001",
    rate: { feature, version: 1, own: false, credits: credits(Math.abs(amount)) },
    fact: { kind: fact, at_ms: opened_at_ms },
    attribution: null,
  };
  const type = amount < 0 ? "consumption" : "reversal";
  return entry({ type, credits: amount, feature, direction, late, cause });
}
