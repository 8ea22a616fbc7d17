/** The sections of the OpenAPI document, in their order. */

/** The sections, each with its description. */
export const TAGS = [
  {
    name: "Webhooks",
    description: "Meta delivers messages and statuses here. They open windows and charge credits.",
  },
  {
    name: "Sends and usage",
    description:
      "What internal services report: sends, failed sends and use of features. Quotes say what a campaign would cost.",
  },
  { name: "Balance", description: "The credits of the month, read once or streamed as they change." },
  { name: "Windows", description: "The windows that contacts and messages opened." },
  {
    name: "Contacts",
    description: "The window of one contact, and the erasure of personal data on request (LGPD).",
  },
  {
    name: "Companies",
    description: "The customers of the platform: time zone, phone numbers and settings.",
  },
  {
    name: "Contract",
    description: "A company's package, prices, commitment and cancellation. Every version is kept.",
  },
  { name: "Rate card", description: "Features and their prices, for all companies and for one." },
  {
    name: "Meta costs",
    description: "What Meta charges for messages, beside the credits: rate cards of Meta and exchange rates.",
  },
  { name: "Reports", description: "Usage, ledger, statements and forecast. Lists are also CSV files." },
  {
    name: "Alerts",
    description: "What a company or its platform should know: listed, streamed, and sent as signed webhooks.",
  },
  { name: "Viewers", description: "Sessions in which a person sees the report page of one company." },
  { name: "Report page", description: "The page Relatórios > Créditos, its file and its assets." },
  { name: "Keys", description: "API keys, each with one scope, for all companies or for one." },
  {
    name: "Operations",
    description: "Health, metrics, quarantined events and the repair of days that a wrong clock closed.",
  },
  { name: "Test clock", description: "Moves the time forward, for tests. Production has no such call." },
  { name: "Documentation", description: "The start page, these pages and the OpenAPI document." },
] as const;

/** The name of a section. */
export type Tag = typeof TAGS[number]["name"];

/** Groups of sections, for the menu of the documentation. */
export const TAG_GROUPS: readonly { readonly name: string; readonly tags: readonly Tag[] }[] = [
  { name: "Meter", tags: ["Webhooks", "Sends and usage", "Balance", "Windows", "Contacts"] },
  { name: "Configure", tags: ["Companies", "Contract", "Rate card", "Meta costs"] },
  { name: "Report", tags: ["Reports", "Alerts", "Viewers", "Report page"] },
  { name: "Operate", tags: ["Keys", "Operations", "Test clock", "Documentation"] },
];
