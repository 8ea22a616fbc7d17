/** The page in Portuguese. */

const plural = (count: number, one: string, many: string) => count === 1 ? one : many;

export const pt = {
  title: "Créditos",
  report: "Relatórios",
  skip: "Ir para o conteúdo",
  language: "Idioma",
  credits: (count: number, number: string) => `${number} ${plural(count, "crédito", "créditos")}`,

  mark: {
    live: "ao vivo",
    reconnecting: "reconectando…",
    data_of: "dados de",
    refresh: "atualizar",
  },
  over: {
    title: "Sua sessão terminou",
    text:
      "Os números abaixo pararam de se mover. Para continuar, abra Relatórios › Créditos de novo na plataforma.",
  },

  balance: {
    heading: "Saldo",
    available: (count: number) => plural(count, "crédito disponível", "créditos disponíveis"),
    used_this_month: (count: number) => plural(count, "crédito usado neste mês", "créditos usados neste mês"),
    consumed_in: (count: number, month: string) =>
      `${plural(count, "crédito usado", "créditos usados")} em ${month}`,
    share: (share: string, granted: string) => `${share} do pacote de ${granted} usado`,
    package: "Pacote",
    used: "Usado",
    excess: "Excedente",
    excess_at: (price: string) => `a ${price} por crédito`,
    no_price: "sem preço combinado",
    renews: "Renova em",
    not_renewing: "não renova",
    commitment: "Fidelidade até",
    expired: "Expirou",
    total: "Total do mês",
    all_used:
      "O pacote do mês acabou. O consumo continua, como excedente: nada é recusado por falta de saldo.",
    no_package: "Sem pacote: todo o consumo do mês é pago depois, como excedente.",
    cancels: (date: string) => `O pacote está cancelado e vale até ${date}.`,
    scheduled: (date: string, terms: string) => `A partir de ${date}: ${terms}.`,
    scheduled_package: (credits: string) => `pacote de ${credits}`,
    scheduled_none: "sem pacote",
    closed: "Mês fechado. Avisos atrasados ainda podem ajustar estes números.",
    final: "Mês encerrado: estes números não mudam mais.",
    back: "Voltar ao mês atual",
  },

  forecast: {
    runs_out: (on: string) => `neste ritmo, o pacote acaba em ${on}`,
    between: (from: string, to: string) => ` (entre ${from} e ${to})`,
    or_lasts: (from: string) => ` (entre ${from} e o fim do mês, ou não acaba)`,
    lasts: (left: string) => `neste ritmo, o pacote dura o mês e sobram ${left}, que expiram`,
    lasts_exactly: "neste ritmo, o pacote dura o mês",
    may_run_out: (from: string) => `, mas pode acabar a partir de ${from}`,
    ran_out: (on: string) => `o pacote acabou em ${on}`,
    excess: (credits: string) => `até o fim do mês, ${credits} de excedente`,
    excess_amount: (credits: string, amount: string) =>
      `até o fim do mês, ${credits} de excedente (${amount})`,
    method: (days: number) => `Pelo ritmo dos últimos ${days} dias fechados.`,
    missing: (days: number) =>
      `A previsão aparece depois de mais ${days} ${plural(days, "dia fechado", "dias fechados")}.`,
  },

  month_chart: {
    heading: "O pacote, dia a dia",
    heading_none: "O consumo do mês, dia a dia",
    left: (amount: string) => `restam ${amount}`,
    used: (amount: string) => `${amount} usados`,
    excess: (amount: string) => `${amount} de excedente`,
    even: "ritmo uniforme",
    forecast: "previsão",
    day: "Dia",
    consumed: "Usados no dia",
    left_column: "Disponíveis no fim do dia",
    excess_column: "Excedente no fim do dia",
    even_column: "Ritmo uniforme",
  },
  daily: {
    heading: "Consumo por dia",
    total: "Total",
    none: "Nada foi consumido neste mês.",
  },
  features: {
    heading: "Por recurso",
    feature: "Recurso",
    units: "Quantidade",
    credits: "Créditos",
    share: "Parte",
    others: "Outros",
  },
  as_table: "Ver em tabela",

  direction: {
    inbound: "recebida",
    outbound: "iniciada pela empresa",
    none: "",
  },
  direction_filter: {
    inbound: "Recebidas",
    outbound: "Iniciadas pela empresa",
    none: "Sem direção",
  },

  open: {
    heading: "Abertas agora",
    none: "Nenhuma conversa aberta agora.",
    open: (count: number) => plural(count, "conversa", "conversas"),
    inbound: (count: number) => plural(count, "recebida", "recebidas"),
    outbound: (count: number) => plural(count, "iniciada pela empresa", "iniciadas pela empresa"),
    all_close: (count: number, time: string) =>
      plural(
        count,
        `Fecha na virada do dia, às ${time}, em`,
        `Todas fecham na virada do dia, às ${time}, em`,
      ),
    day_ends: (time: string) => `O dia vira às ${time}, em`,
    since: "Aberta às",
    contact: "Contato",
    direction: "Direção",
    more: (count: number) => `Mostrar as ${count} abertas por último`,
    fewer: "Mostrar menos",
  },

  history: {
    heading: "Histórico",
    when: "Quando",
    what: "O quê",
    contact: "Contato",
    credits: "Créditos",
    after: "Saldo depois",
    after_excess: (amount: string) => `${amount} exc.`,
    after_excess_long: (amount: string) => `excedente de ${amount}`,
    late: "atrasado",
    late_long: "O aviso chegou depois do fechamento do dia",
    erased: "contato apagado",
    none: "Nenhum lançamento.",
    none_filtered: "Nenhum lançamento com estes filtros.",
    older: "Mais antigos",
    newest: "Mais recentes",
    csv: "Baixar CSV",
    clear: "Limpar filtros",
    filter: "Filtrar",
    filters: "Filtros do histórico",
    from: "De",
    to: "Até",
    type: "Tipo",
    feature: "Recurso",
    direction: "Direção",
    only_late: "Só atrasados",
    any: "Todos",
    any_direction: "Todas",
    pages: "Páginas do histórico",
  },
  type: {
    grant: "Pacote do mês",
    consumption: "Consumo",
    reversal: "Devolução",
    expiry: "Créditos expirados",
    adjustment: "Ajuste de expirados",
  },
  type_filter: {
    grant: "Pacote",
    consumption: "Consumo",
    reversal: "Devolução",
    expiry: "Expiração",
    adjustment: "Ajuste",
  },
  of_feature: (type: string, feature: string) => `${type} · ${feature}`,

  receipt: {
    heading: (number: string) => `Recibo nº ${number}`,
    close: "Fechar o recibo",
    split: "De onde",
    from_package: (amount: string) => `${amount} do pacote`,
    from_excess: (amount: string) => `${amount} de excedente`,
    rate: "Preço",
    rate_text: (feature: string, credits: string, version: number) =>
      `${feature}: ${credits} (tabela geral, versão ${version})`,
    own_rate_text: (feature: string, credits: string, version: number) =>
      `${feature}: ${credits} (preço da empresa, versão ${version})`,
    contract: "Contrato",
    contract_text: (version: number, from: string) => `versão ${version}, desde ${from}`,
    recorded: "Registrado em",
    window: "Conversa",
    window_text: (from: string, to: string) => `das ${from} às ${to}`,
    period: "Mês",
    labels: "Marcações",
  },

  months: {
    heading: "Meses",
    month: "Mês",
    status: "Situação",
    granted: "Pacote",
    used: "Usados",
    expired: "Expirados",
    excess: "Excedente",
    package_price: "Valor do pacote",
    excess_amount: "Valor do excedente",
    total: "Total",
    open: "aberto",
    closed: "fechado",
    final: "encerrado",
    late: "Ajustes que chegaram depois do fechamento",
    unknown: "a combinar",
  },

  nothing: {
    title: "Nada por aqui ainda",
    text: "Assim que a primeira conversa abrir, os créditos aparecem aqui na hora, sem recarregar a página.",
    number: "Conecte o número do WhatsApp da empresa à plataforma.",
    number_done: (count: number) =>
      plural(count, "O número do WhatsApp está conectado.", `${count} números do WhatsApp estão conectados.`),
    package: "Combine um pacote com a Poli. Sem ele, o consumo é pago depois, como excedente.",
    package_done: (credits: string) => `O pacote de ${credits} está valendo.`,
    write: "Escreva de outro celular para o número da empresa: é a primeira conversa.",
    steps: "O que fazer primeiro",
  },

  problem: {
    away_title: "O serviço não respondeu",
    away_text: "Nenhum crédito se perde por isso. Tente de novo em alguns segundos.",
    away_retry: "Tentar de novo",
    session_title: "Abra o relatório pela plataforma",
    session_text:
      "Esta página só abre com uma sessão, e a sua terminou ou não começou. Abra Relatórios › Créditos na plataforma: o link de lá inicia outra.",
    missing_title: "Não encontramos isto",
    missing_text: "O endereço fala de algo que não existe ou que esta sessão não alcança.",
    address_title: "Este endereço não serve",
    address_text: "Algum filtro no endereço não é válido.",
    home: "Ir para os créditos de hoje",
    id: "Número deste pedido",
  },
};

/** What every language says. */
export type Strings = typeof pt;
