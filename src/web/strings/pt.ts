import { plural } from "./plural.ts";

/** The texts of the page in Portuguese. */
export const pt = {
  title: "Créditos",
  report: "Relatórios",
  log_out: "Sair",
  skip: "Ir para o conteúdo",
  language: "Idioma",
  credits: (count: number, number: string) => `${number} ${plural(count, "crédito", "créditos")}`,

  mark: {
    live: "ao vivo",
    reconnecting: "reconectando…",
    data_of: "dados de",
    refresh: "atualizar",
  },
  session_ended: {
    title: "Sua sessão terminou",
    text:
      "Os números abaixo pararam de se mover. Para continuar, abra Relatórios › Créditos de novo na plataforma.",
  },
  unanswered: {
    title: "O serviço não respondeu",
    text: "A página mostra o que já mostrava. Nenhum crédito se perde por isso.",
    retry: "Tentar de novo",
    close: "Fechar o aviso",
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
    expired: "Expirado",
    total: "Total do mês",
    all_used: "Nada é recusado por falta de saldo: o consumo continua, como excedente.",
    price_from: (price: string, credits: string, date: string) =>
      `${price} por ${credits}, a partir de ${date}`,
    total_with: (price: string, date: string) => `já com ${price} do pacote de ${date}`,
    covers_first: (date: string) =>
      `Os créditos que entram em ${date} cobrem primeiro o excedente que o mês já tiver.`,
    no_package: "Sem pacote: todo o consumo do mês é pago depois, como excedente.",
    cancels: (date: string) => `O pacote está cancelado e vale até ${date}.`,
    scheduled: (date: string, terms: string) => `A partir de ${date}: ${terms}.`,
    scheduled_package: (credits: string) => `pacote de ${credits}`,
    scheduled_none: "sem pacote",
    closed: "Mês fechado. Avisos atrasados ainda podem ajustar estes números.",
    final: "Mês definitivo: estes números não mudam mais.",
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
    bill: "Fatura prevista",
    bill_basis: (granted: boolean): string =>
      granted ? "pacote e excedente até o fim do mês" : "consumo até o fim do mês",
    bill_basis_scheduled: (credits: string, date: string) =>
      `pacote de ${credits} a partir de ${date}, e excedente até o fim do mês`,
    excess_now: (excess: string) => `${excess} de excedente`,
    unusual: (times: string) => `Hoje: ${times} o normal`,
    unusual_new: "Hoje: muito acima do normal",
    unusual_reason: (feature: string, consumed: string, usual: string) =>
      `${feature}: ${consumed} hoje, normalmente ${usual} por dia.`,
    unusual_cause: (label: string, consumed: string, time: string, usual: string) =>
      `${label}: ${consumed} até ${time}, normalmente ${usual} por dia.`,
    more_than: (share: string, through: string) => `${share} a mais que até ${through}.`,
    less_than: (share: string, through: string) => `${share} a menos que até ${through}.`,
    same_as: (through: string) => `Igual ao usado até ${through}.`,
    method: (days: number) =>
      `Pelo ritmo dos últimos ${days} dias fechados, e do ritmo de hoje se for maior.`,
    missing: (days: number) =>
      `A previsão aparece depois de mais ${days} ${plural(days, "dia fechado", "dias fechados")}.`,
  },

  alerts: {
    heading: "Alertas",
    share_used: (share: string, credits: string) => `${share} do pacote de ${credits} usado.`,
    left: (count: number, credits: string) => `${plural(count, "Restava", "Restavam")} ${credits} do pacote.`,
    used_up: (credits: string) => `Pacote de ${credits} usado por inteiro.`,
    runs_out: (date: string) => `Previsão: o pacote acaba em ${date}.`,
    spike: (date: string, consumed: string, usual: string) =>
      `Uso muito acima do normal em ${date}: ${consumed}, normalmente ${usual} por dia.`,
    commitment: (date: string) => `A fidelidade termina em ${date}.`,
  },

  month_chart: {
    heading: "O pacote, dia a dia",
    heading_none: "O consumo do mês, dia a dia",
    left: (amount: string) => `restam ${amount}`,
    expired: (count: number, amount: string) =>
      plural(count, `sobrou ${amount}, que expirou`, `sobraram ${amount}, que expiraram`),
    all_used: "pacote usado por inteiro",
    used: (amount: string) => `${amount} usados`,
    excess: (amount: string) => `${amount} de excedente`,
    even: "ritmo uniforme",
    forecast: "previsão",
    day: "Dia",
    consumed: "Usados no dia",
    left_column: "Disponíveis no fim do dia",
    excess_column: "Excedente no fim do dia",
    even_column: "Ritmo uniforme",
    after_closing: "Depois do fechamento",
    posted_late:
      "O uso conta na sua data. O saldo é o do fim de cada dia, com os lançamentos feitos até então: o que chega atrasado muda o saldo do dia em que é lançado.",
  },
  daily: {
    heading: "Consumo por dia",
    total: "Total",
    none: "Nada foi consumido neste mês.",
    tap: "Toque de novo para ver os lançamentos do dia",
    keys: "Enter mostra os lançamentos do dia",
  },
  features: {
    heading: "Por recurso",
    feature: "Recurso",
    units: "Quantidade",
    credits: "Créditos",
    share: "Parte",
    others: "Outros",
    amount: "Valor",
    change: (month: string) => `Contra ${month}`,
    new: "novo",
    heading_by: { department: "Por departamento", campaign: "Por campanha", number: "Por número" },
    tabs: "Agrupar o consumo",
    label: { department: "Departamento", campaign: "Campanha", number: "Número" },
    without: {
      department: "Sem departamento",
      campaign: "Sem campanha",
      number: "Sem número: fora do WhatsApp",
    },
    open_others: (count: number) => `Ver os ${count} outros`,
    method: (total: string) =>
      `Valor: o total do mês (${total}) repartido na proporção dos créditos, em centavos exatos.`,
    amounts_unequal:
      "Linhas com os mesmos créditos podem diferir em um centavo, para que a soma seja o total exato.",
    shares_rounded: "Cada parte é arredondada: a soma das partes mostradas difere um pouco do total.",
    compared: (from: string, to: string) =>
      `A comparação é dos dias já fechados com os mesmos dias do mês anterior, de ${from} a ${to}.`,
    busy: "Outra consulta está em andamento. Atualize a página em alguns segundos.",
  },
  as_of: (time: string) => `até ${time}`,
  axis_unit: "créditos",
  as_table: "Ver em tabela",

  direction: {
    inbound: "iniciada pelo cliente",
    outbound: "iniciada pela empresa",
    none: "",
  },
  direction_filter: {
    inbound: "Iniciadas pelo cliente",
    outbound: "Iniciadas pela empresa",
    none: "Sem direção",
  },

  open: {
    heading: "Abertas agora",
    none: "Nenhuma conversa aberta agora.",
    open: (count: number) => plural(count, "conversa", "conversas"),
    inbound: (count: number) => plural(count, "iniciada pelo cliente", "iniciadas pelo cliente"),
    outbound: (count: number) => plural(count, "iniciada pela empresa", "iniciadas pela empresa"),
    all_close: (count: number, time: string) =>
      plural(
        count,
        `Fecha na virada do dia, às ${time}: faltam`,
        `Todas fecham na virada do dia, às ${time}: faltam`,
      ),
    day_ends: (time: string) => `O dia vira às ${time}: faltam`,
    since: "Aberta às",
    contact: "Contato",
    direction: "Direção",
    more: "Mostrar mais",
    newest: (count: number) => `As ${count} abertas por último.`,
    fewer: "Mostrar menos",
  },

  history: {
    heading: "Histórico",
    when: "Quando",
    what: "O quê",
    contact: "Contato",
    credits: "Créditos",
    after: "Saldo depois",
    entries: (count: number, number: string) => `${number} ${plural(count, "lançamento", "lançamentos")}`,
    entries_of: (shown: string, all: string) => `${shown} de ${all} lançamentos nesta página`,
    order:
      "Da data de uso mais recente à mais antiga; em cada data, os atrasados primeiro, e o último registro antes. A soma é da data inteira, com estes filtros. O saldo é o de logo depois do registro.",
    after_excess: (amount: string) => `${amount} exc.`,
    after_excess_long: (amount: string) => `excedente de ${amount}`,
    late: "atrasado",
    late_long: "O aviso chegou depois do fechamento do dia, com o mês ainda aberto",
    after_close: "após fechar o mês",
    after_close_long: "O aviso chegou depois do fechamento do mês: está na correção do demonstrativo",
    after_close_note:
      "Registrados depois do fechamento do mês: são a correção que o demonstrativo mostra. Aqui o consumo é negativo e a devolução, positiva.",
    contact_removed: "contato removido",
    contact_removed_reason: "Apagado a pedido, ou além do prazo em que contatos são guardados",
    none: "Nenhum lançamento.",
    none_filtered: "Nenhum lançamento com estes filtros.",
    search: "Telefone ou id da mensagem",
    found: { contact: "Lançamentos do contato:", message: "Conversas abertas pela mensagem:" },
    none_found: {
      contact: "Nenhum lançamento do contato:",
      message: "Nenhuma conversa aberta pela mensagem:",
    },
    search_scope: {
      contact:
        "A busca é no mês mostrado, ou nas datas De e Até, com os outros filtros. Contatos removidos não são encontrados.",
      message:
        "A busca é no mês mostrado, ou nas datas De e Até, com os outros filtros. Só a mensagem que abre uma conversa gera lançamento.",
    },
    search_errors: {
      impossible: "Não é um telefone completo, nem o id de uma mensagem que abriu uma conversa:",
      national: "Falta o código do país:",
      ambiguous: "Pode ser um número daqui ou de outro país:",
    },
    search_help: "Escreva o telefone com +, o código do país e o DDD, como +55 11 98888-7777.",
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
    only_late: "Só após fechar o dia (atrasados)",
    only_after_close: "Só após fechar o mês",
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
    amount: "Valor",
    amount_excess: (amount: string, credits: string, each: string) =>
      `${amount}: ${credits} de excedente a ${each} por crédito`,
    amount_package: "nada a mais: créditos do pacote, já pago",
    rest_package: "; o resto é do pacote, já pago",
    no_price: "excedente sem preço combinado",
    free: "nada a pagar",
    message: "Mensagem",
    message_key: (key: string) => `só um código do id é guardado (${key}): busque pelo id para conferir`,
    usage_id: "Id do uso",
    rate: "Preço",
    rate_text: (feature: string, credits: string, version: number) =>
      `${feature}: ${credits} (tabela geral, versão ${version})`,
    own_rate_text: (feature: string, credits: string, version: number) =>
      `${feature}: ${credits} (preço da empresa, versão ${version})`,
    contract: "Contrato",
    contract_text: (version: number, from: string) => `versão ${version}, desde ${from}`,
    recorded: "Registrado em",
    after_close: "na correção, pois chegou depois do fechamento do mês",
    window: "Conversa",
    window_text: (from: string, to: string) => `das ${from} às ${to}`,
    period: "Mês",
    labels: "Marcações",
  },

  statement: {
    heading: "Demonstrativo",
    line: "Linha",
    credits: "Créditos",
    price: "Preço do crédito",
    amount: "Valor",
    package: "Pacote do mês",
    from: (credits: string, date: string) => `(${credits} a partir de ${date})`,
    expired: (credits: string) => `(${credits} expiraram sem uso)`,
    excess: "Excedente",
    total: "Total do mês",
    total_so_far: "Total do mês até agora",
    late: (credits: string, amount: string | null) =>
      amount === null
        ? `O total inclui o que chegou depois do fechamento do mês: ${credits} créditos usados.`
        : `O total inclui o que chegou depois do fechamento do mês: ${credits} créditos usados, ${amount}.`,
    late_link: "Ver esses lançamentos",
    granted: "Concedidos",
    used: "Usados",
    used_so_far: "Acumulado",
  },

  months: {
    heading: "Meses",
    nearby: "Outros meses",
    all: "todos os meses",
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
    final: "definitivo",
    late: "Ajustes que chegaram depois do fechamento do mês, já incluídos acima",
    unknown: "a combinar",
  },

  empty_state: {
    title: "Nada por aqui ainda",
    text: "Assim que a primeira conversa abrir, os créditos aparecem aqui na hora, sem recarregar a página.",
    number: "Conecte o número do WhatsApp da empresa à plataforma.",
    number_done: (count: number) =>
      plural(count, "O número do WhatsApp está conectado.", `${count} números do WhatsApp estão conectados.`),
    package: "Combine um pacote com a Poli. Sem ele, o consumo é pago depois, como excedente.",
    package_done: (credits: string) => `O pacote de ${credits} está combinado.`,
    write: "Escreva de outro celular para o número da empresa: é a primeira conversa.",
    steps: "O que fazer primeiro",
  },

  problem: {
    away_title: "O serviço não respondeu",
    away_text: "Nenhum crédito se perde por isso. Tente de novo em alguns segundos.",
    retry: "Tentar de novo",
    busy_title: "Muitas solicitações ao mesmo tempo",
    busy_text:
      "Chegaram mais solicitações do que o serviço atende de uma vez. Nenhum crédito se perde por isso. Tente de novo em alguns segundos.",
    session_title: "Abra o relatório pela plataforma",
    session_text:
      "Cada link abre esta página uma única vez, e a sessão que ele inicia tem hora para terminar. Abra Relatórios › Créditos de novo na plataforma: isso inicia outra.",
    search_title: "Esta sessão não busca por contato",
    search_text:
      "Você vê os créditos da empresa sem os telefones dos contatos, e por isso não pode buscar por telefone nem por mensagem. Peça esse acesso a quem administra a plataforma, e abra Relatórios › Créditos de novo.",
    action_title: "Este endereço não se abre assim",
    action_text: "Ele responde só a um botão da própria página ou a um programa. Nada mudou.",
    month_title: (month: string) => `Não há dados de ${month}`,
    month_text: "A página dos créditos lista, no fim, os meses que têm dados.",
    receipt_title: "Este recibo não existe",
    receipt_text: "O endereço traz o número de um lançamento que a empresa não tem.",
    report_title: "Falta a empresa neste endereço",
    report_text:
      "Cada empresa tem o seu endereço. Abra Relatórios › Créditos na plataforma: ela leva você até ele.",
    missing_title: "Não encontramos esta página",
    missing_text: "O endereço fala de algo que não existe ou que esta sessão não alcança.",
    address_title: "Este endereço não é válido",
    address_text: "Algum filtro no endereço está escrito de um jeito que não conhecemos.",
    home: "Ir para os créditos de hoje",
    about: "O que é este serviço",
    id: "Número desta solicitação",
  },

  landing: {
    lead:
      "Mede as conversas de WhatsApp das empresas em créditos, mantém cada saldo exato e o mostra enquanto muda.",
    people_title: "Veja os créditos da sua empresa",
    people_text:
      "Abra Relatórios › Créditos na plataforma que você usa. Ela leva você à página por um link que funciona uma única vez.",
    address: "Cada empresa tem seu endereço, que pede um link novo quando a sessão termina:",
    company: "EMPRESA",
    programs_title: "Integre a sua plataforma",
    link_text:
      "Crie um link para uma pessoa e leve o navegador dela até ele. A resposta traz o link no campo url, e ele vale por cinco minutos:",
    docs: "Documentação da API",
    openapi: "Documento OpenAPI",
    ready: "Estado do serviço",
    demo_title: "Experimente e leia mais",
    demo_text:
      "No repositório deste serviço, este comando inicia uma demonstração com empresas de exemplo e mostra um link para a página de cada uma. Basta ter o Node.js 20 ou mais novo.",
    guides: "Guias, no mesmo repositório:",
    guide: {
      "docs/guides/getting_started.md": "configurar uma empresa e medir a primeira mensagem",
      "docs/guides/README.md": "todos os guias, da primeira mensagem à produção",
      "docs/reference.md": "variáveis de ambiente, erros e lançamentos",
      "docs/operations.md": "operar o serviço em produção",
    },
  },
};

/** The texts of one language. */
export type Strings = typeof pt;
