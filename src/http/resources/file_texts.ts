/** The headings of CSV files for people, by language. */

import type { Language } from "../../domain/receipt.ts";

const pt = {
  yes: "sim",
  no: "não",
  ledger: {
    seq: "Lançamento",
    period: "Mês",
    local_date: "Data do uso",
    occurred_at: "Ocorrido em",
    type: "Tipo",
    feature: "Recurso",
    direction: "Direção",
    contact: "Contato",
    credits: "Créditos",
    prepaid: "Do pacote",
    excess: "Excedente",
    excess_amount: "Valor do excedente",
    currency: "Moeda",
    available_after: "Disponíveis depois",
    excess_after: "Excedente depois",
    late: "Registrado após fechar o dia",
    after_close: "Registrado após fechar o mês",
    recorded_at: "Registrado em",
  },
  statement: {
    period: "Mês",
    status: "Situação",
    granted: "Créditos do pacote",
    consumed: "Créditos usados",
    prepaid_used: "Usados do pacote",
    expired: "Expirados",
    excess: "Excedente",
    package_price: "Valor do pacote",
    excess_credit_price: "Preço do crédito excedente",
    excess_amount: "Valor do excedente",
    total: "Total",
    currency: "Moeda",
    late_consumed: "Usados: ajuste após o fechamento (incluído)",
    late_total: "Total: ajuste após o fechamento (incluído)",
  },
  usage: {
    day: "Data",
    feature: "Recurso",
    direction: "Direção",
    phone_number_id: "Número (id da Meta)",
    units: "Quantidade",
    credits: "Créditos",
  },
};

const en: typeof pt = {
  yes: "yes",
  no: "no",
  ledger: {
    seq: "Entry",
    period: "Month",
    local_date: "Date of use",
    occurred_at: "Occurred at",
    type: "Type",
    feature: "Feature",
    direction: "Direction",
    contact: "Contact",
    credits: "Credits",
    prepaid: "From the package",
    excess: "Excess",
    excess_amount: "Excess amount",
    currency: "Currency",
    available_after: "Available after",
    excess_after: "Excess after",
    late: "Recorded after its day closed",
    after_close: "Recorded after its month closed",
    recorded_at: "Recorded at",
  },
  statement: {
    period: "Month",
    status: "Status",
    granted: "Package credits",
    consumed: "Credits used",
    prepaid_used: "Used of the package",
    expired: "Expired",
    excess: "Excess",
    package_price: "Package price",
    excess_credit_price: "Price of an excess credit",
    excess_amount: "Excess amount",
    total: "Total",
    currency: "Currency",
    late_consumed: "Used: adjustment after closing (included)",
    late_total: "Total: adjustment after closing (included)",
  },
  usage: {
    day: "Date",
    feature: "Feature",
    direction: "Direction",
    phone_number_id: "Number (Meta's id)",
    units: "Quantity",
    credits: "Credits",
  },
};

/** The texts of files, by language. */
export const FILE_TEXTS: Readonly<Record<Language, typeof pt>> = { "pt-BR": pt, en };

/** Returns the symbol of a currency: `R$` for BRL. */
export function currencySymbol(currency: string, language: Language): string {
  const parts = new Intl.NumberFormat(language, { style: "currency", currency }).formatToParts(0);
  return parts.find(({ type }) => type === "currency")!.value;
}
