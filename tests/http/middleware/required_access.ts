/** The test data of the authorization matrix. */

/** The required access of each call, written by hand: a new call must be added here. */
export const REQUIRED: Readonly<
  Record<string, "nothing" | "signature" | "viewer_token" | "read" | "ingest" | "admin" | "platform">
> = {
  "get /": "nothing",
  "get /docs": "nothing",
  "get /docs/{file}": "nothing",
  "get /healthz": "nothing",
  "get /metrics": "nothing",
  "get /openapi.json": "nothing",
  "get /readyz": "nothing",
  "get /reports/assets/{file}": "nothing",
  "get /webhooks/whatsapp": "nothing",
  "post /webhooks/whatsapp": "signature",
  "get /reports/credits/{company}/sessions/{link}": "viewer_token",
  "post /reports/credits/{company}/logout": "viewer_token",
  "get /reports/credits/{company}": "read",
  "get /reports/credits/{company}/history.csv": "read",
  "get /v1/balances": "read",
  "get /v1/companies": "read",
  "get /v1/companies/{company}": "read",
  "get /v1/companies/{company}/alert_thresholds": "read",
  "get /v1/companies/{company}/alerts": "read",
  "get /v1/companies/{company}/balance": "read",
  "get /v1/companies/{company}/balance/stream": "read",
  "get /v1/companies/{company}/contacts/{contact}/window": "read",
  "get /v1/companies/{company}/contract": "read",
  "get /v1/companies/{company}/features": "read",
  "get /v1/companies/{company}/features/{code}": "read",
  "get /v1/companies/{company}/forecast": "read",
  "get /v1/companies/{company}/ledger": "read",
  "get /v1/companies/{company}/ledger/{seq}": "read",
  "get /v1/companies/{company}/statements": "read",
  "get /v1/companies/{company}/statements/{month}": "read",
  "get /v1/companies/{company}/usage": "read",
  "get /v1/companies/{company}/windows": "read",
  "get /v1/features": "read",
  "get /v1/features/{code}": "read",
  "post /v1/companies/{company}/quotes": "read",
  "post /v1/companies/{company}/viewer_sessions": "read",
  "post /v1/companies/{company}/messages": "ingest",
  "post /v1/companies/{company}/messages/{message_id}/failed": "ingest",
  "post /v1/companies/{company}/usage": "ingest",
  "delete /v1/companies/{company}/contacts/{contact}": "admin",
  "delete /v1/companies/{company}/contract/cancellation": "platform",
  "delete /v1/keys/{id}": "admin",
  "delete /v1/webhook_endpoints/{id}": "platform",
  "get /v1/keys": "admin",
  "get /v1/phone_numbers/{phone_number_id}": "platform",
  "put /v1/phone_numbers/{phone_number_id}": "platform",
  "put /v1/phone_numbers/{phone_number_id}/meta_account": "platform",
  "get /v1/quarantine": "platform",
  "get /v1/webhook_endpoints": "platform",
  "get /v1/webhook_endpoints/{id}/deliveries": "platform",
  "post /v1/companies/{company}/contract/cancellation": "platform",
  "post /v1/companies/{company}/what_if": "platform",
  "post /v1/companies/{company}/label_erasures": "admin",
  "post /v1/keys": "admin",
  "post /v1/quarantine/replay": "platform",
  "post /v1/reopenings": "platform",
  "post /v1/quarantine/{id}/replay": "platform",
  "post /v1/test_clock": "platform",
  "post /v1/webhook_endpoints": "platform",
  "post /v1/webhook_endpoints/{id}/deliveries/{delivery}/resend": "platform",
  "post /v1/webhook_endpoints/{id}/test": "platform",
  "put /v1/companies/{company}/alert_thresholds": "admin",
  "put /v1/companies/{company}": "platform",
  "put /v1/companies/{company}/contract": "platform",
  "put /v1/companies/{company}/features/{code}": "platform",
  "put /v1/features/{code}": "platform",
};

/** Calls other than GET that change nothing, so that viewers may make them. */
export const READ_ONLY_POSTS: ReadonlySet<string> = new Set(["post /v1/companies/{company}/quotes"]);

/** Calls on several companies: one that the caller cannot access is named in the answer, as one that does not exist. */
export const CALLS_ON_SEVERAL: ReadonlySet<string> = new Set(["get /v1/balances"]);

/** The phones of contacts, by their owner. */
export const PEOPLE = { own: "5511987650001", foreign: "5521987659999", missing: "5531987650003" } as const;

/** A valid body of each call with a body. */
export const BODIES: Readonly<Record<string, unknown>> = {
  "put /v1/companies/{company}": { name: "Acme", time_zone: "America/Sao_Paulo" },
  "put /v1/companies/{company}/alert_thresholds": {
    used_percents: [80],
    credits_left: [],
    runs_out_days: null,
  },
  "put /v1/companies/{company}/contract": { package: null, excess_credit_price: "0.15" },
  "post /v1/companies/{company}/messages": { message_id: "m", to: PEOPLE.own, kind: "template" },
  "post /v1/companies/{company}/quotes": { recipients: [PEOPLE.own] },
  "post /v1/companies/{company}/usage": [{ id: "u", feature: "automation.run", quantity: 1 }],
  "put /v1/companies/{company}/features/{code}": { credits: 1 },
  "put /v1/features/{code}": { credits: 1 },
  "post /v1/companies/{company}/label_erasures": { text: "Ana Souza" },
  "post /v1/keys": { name: "made", scope: "read" },
  "post /v1/quarantine/replay": {},
  "post /v1/reopenings": {},
  "post /v1/companies/{company}/viewer_sessions": {},
  "post /v1/companies/{company}/what_if": { month: "2026-11" },
  "post /v1/test_clock": { advance: "PT1S" },
  "post /v1/webhook_endpoints": { url: "https://platform.example/hooks" },
};
