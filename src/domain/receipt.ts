import type { LedgerEntry, UsageCause, WindowCause } from "./ledger.ts";
import type { Month } from "./names.ts";
import type { FeatureName } from "./rates.ts";

/** The languages a receipt speaks. */
export type Language = "pt-BR" | "en";

/** What a receipt needs beside the entry. */
export interface ReceiptContext {
  readonly language: Language;
  readonly time_zone: string;
  /** The feature's name on the rate card, where it has one. */
  readonly feature_name: FeatureName | undefined;
}

/** Why an entry was posted, in one plain sentence. It never names the contact. */
export function sentenceOf(entry: LedgerEntry, context: ReceiptContext): string {
  const sentence = mainSentence(entry, context);
  if (!entry.late) return sentence;
  return context.language === "pt-BR"
    ? sentence.replace(/\.$/, "; chegou depois do fechamento desse dia.")
    : sentence.replace(/\.$/, "; it arrived after that day had been closed.");
}

function mainSentence(entry: LedgerEntry, context: ReceiptContext): string {
  switch (entry.type) {
    case "grant":
    case "expiry":
    case "adjustment":
      return packageSentence(entry, context.language);
    case "consumption":
    case "reversal":
      if (entry.cause?.type === "window") return windowSentence(entry, entry.cause, context);
      if (entry.cause?.type === "usage") return usageSentence(entry, entry.cause, context);
      return creditsText(entry.credits, context.language) + ".";
  }
}

function packageSentence(entry: LedgerEntry, language: Language): string {
  const amount = creditsText(entry.credits, language);
  const month = monthText(entry.period, language);
  const pt = language === "pt-BR";
  if (entry.type === "grant") {
    return pt ? `O pacote de ${month} concedeu ${amount}.` : `The package of ${month} granted ${amount}.`;
  }
  if (entry.type === "expiry") {
    return pt
      ? `Sobraram ${amount} do pacote de ${month}, que expiraram no fim do mês.`
      : `${capital(amount)} of the package of ${month} were left and expired with the month.`;
  }
  if (entry.credits > 0) {
    return pt
      ? `${
        capital(amount)
      } expirados de ${month} voltaram para cobrir um consumo que chegou depois do fechamento.`
      : `${
        capital(amount)
      } that had expired with ${month} came back to cover consumption that arrived after its close.`;
  }
  return pt
    ? `${capital(amount)} devolvidos a ${month} expiraram, pois o mês já estava fechado.`
    : `${capital(amount)} given back to ${month} expired, for the month was closed already.`;
}

function windowSentence(entry: LedgerEntry, cause: WindowCause, context: ReceiptContext): string {
  const { language, time_zone } = context;
  const amount = creditsText(entry.credits, language);
  const opened = instantText(cause.opened_at_ms, language, time_zone);
  const inbound = entry.direction === "inbound";
  if (entry.type === "consumption") {
    if (language === "pt-BR") {
      return inbound
        ? `Cobramos ${amount} porque o cliente escreveu em ${opened} e abriu a conversa do dia.`
        : `Cobramos ${amount} porque um modelo de mensagem saiu em ${opened} e abriu a conversa do dia iniciada pela empresa.`;
    }
    return inbound
      ? `Charged ${amount} because the customer wrote on ${opened} and opened the day's conversation.`
      : `Charged ${amount} because a template left on ${opened} and opened the day's business-initiated conversation.`;
  }
  const why = refundReason(entry, cause, language);
  return language === "pt-BR"
    ? `Devolvemos ${amount} da conversa aberta em ${opened}: ${why}.`
    : `Gave back ${amount} for the conversation opened on ${opened}: ${why}.`;
}

function refundReason(entry: LedgerEntry, cause: WindowCause, language: Language): string {
  const pt = language === "pt-BR";
  switch (cause.fact.kind) {
    case "failed":
      return pt ? "o modelo que a abriu falhou" : "the template that opened it failed";
    case "alias_learned":
      return pt ? "dois contatos são a mesma pessoa" : "two contacts turned out to be one person";
    case "number_changed":
      return pt
        ? "a pessoa mudou de número e já tinha conversa no dia"
        : "the person changed numbers and had a conversation that day";
    default:
      if (entry.direction === "inbound") {
        return pt
          ? "um modelo enviado antes já tinha aberto a conversa do dia"
          : "a template that left earlier had opened the day's conversation";
      }
      return pt
        ? "um evento anterior que chegou depois mudou o preço ou o dia dela"
        : "an earlier event that arrived later changed its price or its day";
  }
}

function usageSentence(entry: LedgerEntry, cause: UsageCause, context: ReceiptContext): string {
  const { language, time_zone, feature_name } = context;
  const name = feature_name?.[language] ?? entry.feature ?? "";
  const amount = creditsText(entry.credits, language);
  const quantity = new Intl.NumberFormat(language).format(cause.quantity);
  const each = creditsText(cause.rate.credits, language);
  const when = instantText(entry.occurred_at_ms, language, time_zone);
  return language === "pt-BR"
    ? `Cobramos ${amount} por ${quantity} de ${name} em ${when}, a ${each} cada.`
    : `Charged ${amount} for ${quantity} of ${name} on ${when}, at ${each} each.`;
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

function instantText(at_ms: number, language: Language, time_zone: string): string {
  const local = Temporal.Instant.fromEpochMilliseconds(at_ms).toZonedDateTimeISO(time_zone).toPlainDateTime();
  return local.toLocaleString(language, { dateStyle: "short", timeStyle: "short" });
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
