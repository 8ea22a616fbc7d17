import { isolated } from "./bidi.ts";
import type { LedgerEntry, ServiceMessageCause, UsageCause, WindowCause } from "./ledger.ts";
import type { Month } from "./types.ts";
import type { FeatureName } from "./rates.ts";

/** A language of receipts. */
export type Language = "pt-BR" | "en";

/** The languages of receipts. */
export const LANGUAGES: readonly Language[] = ["pt-BR", "en"];

/** The context that a receipt needs beside its entry. */
export interface ReceiptContext {
  readonly language: Language;
  /** The company's zone on the entry's local date. */
  readonly time_zone: string;
  /** The feature's name on the rate card, if set. */
  readonly feature_name: FeatureName | undefined;
}

/** Explains in one sentence why an entry was posted. The sentence never names the contact. */
export function sentenceOf(entry: LedgerEntry, context: ReceiptContext): string {
  switch (entry.type) {
    case "grant":
    case "expiry":
    case "adjustment":
      return `${packageClause(entry, context.language)}.`;
    case "consumption":
    case "reversal":
      return `${consumptionClause(entry, context)}${lateClause(entry, context.language)}.`;
  }
}

function lateClause({ late }: LedgerEntry, language: Language): string {
  if (!late) return "";
  return language === "pt-BR"
    ? "; o aviso chegou depois do fechamento desse dia"
    : "; word of it arrived after that day had been closed";
}

function consumptionClause(entry: LedgerEntry, context: ReceiptContext): string {
  const { cause } = entry;
  const amount = creditsText(entry.credits, context.language);
  switch (cause?.type) {
    case "window":
      return entry.type === "consumption"
        ? chargedWindow(entry, cause, amount, context)
        : givenBackWindow(entry, cause, amount, context);
    case "service_message":
      return entry.type === "consumption"
        ? chargedReply(cause, amount, context)
        : givenBackReply(cause, amount, context);
    case "usage":
      return chargedUsage(entry, cause, amount, context);
    default:
      return amount;
  }
}

function packageClause(entry: LedgerEntry, language: Language): string {
  const amount = creditsText(entry.credits, language);
  const month = monthText(entry.period, language);
  const one = Math.abs(entry.credits) === 1;
  const pt = language === "pt-BR";
  if (entry.cause?.type === "reopening") return reopeningClause(entry, amount, month, pt);
  if (entry.type === "grant") {
    return pt ? `O pacote de ${month} concedeu ${amount}` : `The package of ${month} granted ${amount}`;
  }
  if (entry.type === "expiry") {
    if (!pt) {
      return `${amount} of the package of ${month} ${one ? "was" : "were"} left and expired with the month`;
    }
    return one
      ? `Sobrou ${amount} do pacote de ${month}, que expirou no fim do mês`
      : `Sobraram ${amount} do pacote de ${month}, que expiraram no fim do mês`;
  }
  if (entry.credits > 0) {
    if (!pt) {
      return `${amount} that had expired with ${month} came back to cover what arrived after its close`;
    }
    const came_back = one ? "expirado com" : "expirados com";
    return `${amount} ${came_back} ${month} ${
      one ? "voltou" : "voltaram"
    } para cobrir um consumo que chegou depois do fechamento`;
  }
  if (!pt) return `${amount} given back to ${month} expired, for the month was closed already`;
  return one
    ? `${amount} devolvido a ${month} expirou, pois o mês já estava fechado`
    : `${amount} devolvidos a ${month} expiraram, pois o mês já estava fechado`;
}

function reopeningClause({ type }: LedgerEntry, amount: string, month: string, pt: boolean): string {
  if (type === "grant") {
    return pt
      ? `O pacote de ${month}, concedido por um relógio adiantado, foi retirado: ${amount}`
      : `The package of ${month}, which a clock that was ahead had granted, was taken back: ${amount}`;
  }
  return pt
    ? `O mês de ${month} foi reaberto, porque um relógio adiantado o tinha fechado: ${amount} de volta`
    : `The month of ${month} was reopened, because a clock that was ahead had closed it: ${amount} came back`;
}

function chargedWindow(
  entry: LedgerEntry,
  cause: WindowCause,
  amount: string,
  { language, time_zone }: ReceiptContext,
): string {
  const opened = instantText(cause.opened_at_ms, language, time_zone);
  const inbound = entry.direction === "inbound";
  if (cause.units === 0) {
    return language === "pt-BR"
      ? `Cobramos mais ${amount} pela conversa aberta em ${opened}: o que chegou depois mudou o preço dela`
      : `Charged ${amount} more for the conversation opened on ${opened}: what arrived later changed its price`;
  }
  if (language === "pt-BR") {
    return inbound
      ? `Cobramos ${amount} porque o cliente escreveu em ${opened} e abriu a conversa do dia`
      : `Cobramos ${amount} porque um modelo de mensagem saiu em ${opened} e abriu a conversa do dia iniciada pela empresa`;
  }
  return inbound
    ? `Charged ${amount} because the customer wrote on ${opened} and opened the day's conversation`
    : `Charged ${amount} because a template left on ${opened} and opened the day's business-initiated conversation`;
}

function givenBackWindow(
  entry: LedgerEntry,
  cause: WindowCause,
  amount: string,
  { language, time_zone }: ReceiptContext,
): string {
  const opened = instantText(cause.opened_at_ms, language, time_zone);
  const [pt, en] = refundReason(entry, cause);
  return language === "pt-BR"
    ? `Devolvemos ${amount} da conversa aberta em ${opened}: ${pt}`
    : `Gave back ${amount} for the conversation opened on ${opened}: ${en}`;
}

/** Explains a reversed or cheaper window, in Portuguese and English. */
function refundReason(entry: LedgerEntry, cause: WindowCause): readonly [pt: string, en: string] {
  if (cause.fact.kind === "alias_learned") {
    return ["dois contatos são a mesma pessoa", "two contacts turned out to be one person"];
  }
  if (cause.fact.kind === "number_changed") {
    return [
      "a pessoa mudou de número e já tinha conversa no dia",
      "the person changed numbers and had a conversation that day",
    ];
  }
  if (cause.units === 0) {
    return ["o que chegou depois mudou o preço dela", "what arrived later changed its price"];
  }
  if (entry.direction === "inbound" && cause.fact.kind === "wrote") {
    return [
      "o cliente já tinha escrito antes a outro número",
      "the customer had written to another number before",
    ];
  }
  if (entry.direction === "inbound") {
    return [
      "um modelo enviado antes já tinha aberto a conversa do dia",
      "a template that left earlier had opened the day's conversation",
    ];
  }
  switch (cause.fact.kind) {
    case "failed":
      return ["o modelo que a abriu falhou", "the template that opened it failed"];
    case "send_failed":
      return ["a Meta recusou o modelo que a abriu", "Meta refused the template that opened it"];
    case "wrote":
      return [
        "o cliente já tinha escrito antes, e modelos com a conversa aberta são grátis",
        "the customer had written before, and templates in an open conversation are free",
      ];
    default:
      return [
        "o que chegou depois mudou como ou quando ela foi aberta",
        "what arrived later changed how or when it was opened",
      ];
  }
}

function chargedReply(
  { delivered_at_ms }: ServiceMessageCause,
  amount: string,
  { language, time_zone }: ReceiptContext,
): string {
  const delivered = instantText(delivered_at_ms, language, time_zone);
  return language === "pt-BR"
    ? `Cobramos ${amount} por uma resposta ao cliente, que a Meta marca como cobrável, entregue em ${delivered}`
    : `Charged ${amount} for a reply to the customer, which Meta marks as billable, delivered on ${delivered}`;
}

function givenBackReply(
  { delivered_at_ms, fact }: ServiceMessageCause,
  amount: string,
  { language, time_zone }: ReceiptContext,
): string {
  const delivered = instantText(delivered_at_ms, language, time_zone);
  const [pt, en] = replyRefundReason(fact.kind);
  return language === "pt-BR"
    ? `Devolvemos ${amount} da resposta entregue em ${delivered}: ${pt}`
    : `Gave back ${amount} for the reply delivered on ${delivered}: ${en}`;
}

/** Explains a reply that is given back, in Portuguese and English. */
function replyRefundReason(kind: ServiceMessageCause["fact"]["kind"]): readonly [pt: string, en: string] {
  switch (kind) {
    case "message_moved":
      return ["a mensagem foi para outro número", "the message went to another number"];
    case "alias_learned":
    case "number_changed":
      return ["dois contatos são a mesma pessoa", "two contacts turned out to be one person"];
    default:
      return [
        "o que chegou depois mudou o que ela é ou quando foi entregue",
        "what arrived later changed what it is or when it was delivered",
      ];
  }
}

function chargedUsage(
  entry: LedgerEntry,
  cause: UsageCause,
  amount: string,
  { language, time_zone, feature_name }: ReceiptContext,
): string {
  const name = isolated(feature_name?.[language] ?? entry.feature ?? "");
  const quantity = new Intl.NumberFormat(language).format(cause.quantity);
  const each = creditsText(cause.rate.credits, language);
  const when = instantText(entry.occurred_at_ms, language, time_zone);
  return language === "pt-BR"
    ? `Cobramos ${amount} por ${quantity} × ${name} em ${when}, a ${each} cada`
    : `Charged ${amount} for ${quantity} × ${name} on ${when}, at ${each} each`;
}

function creditsText(amount: number, language: Language): string {
  const number = new Intl.NumberFormat(language).format(Math.abs(amount));
  const one = Math.abs(amount) === 1;
  return language === "pt-BR"
    ? `${number} ${one ? "crédito" : "créditos"}`
    : `${number} ${one ? "credit" : "credits"}`;
}

function monthText(month: Month, language: Language): string {
  return Temporal.PlainDate.from(`${month}-01`).toLocaleString(language, { month: "long", year: "numeric" });
}

/** Formats an instant without ambiguity: `3 de novembro de 2026 às 09:00`. */
function instantText(at_ms: number, language: Language, time_zone: string): string {
  const local = Temporal.Instant.fromEpochMilliseconds(at_ms).toZonedDateTimeISO(time_zone);
  const date = local.toPlainDate().toLocaleString(language, {
    day: "numeric",
    month: "long",
    year: "numeric",
  });
  const time = local.toPlainTime().toString({ smallestUnit: "minute" });
  return language === "pt-BR" ? `${date} às ${time}` : `${date} at ${time}`;
}
