import assert from "node:assert/strict";
import type { Change } from "../../src/domain/company/change.ts";
import type { Command } from "../../src/domain/company/command.ts";
import type { NewCompany } from "../../src/domain/company/new_company.ts";
import { NO_PRICING } from "../../src/domain/meta_costs/fact_pricing.ts";
import type { CompanyId } from "../../src/domain/types.ts";
import {
  agreeContract,
  at,
  CompanyOwner,
  newCompany,
  noted,
  numberChanged,
  OUR_NUMBER,
  type OwnerStore,
  record,
  sendTemplate,
  setAccount,
  templateStatus,
  useAutomation,
  wrote,
} from "./owner.ts";

const NOON = at("2026-11-23T12:00:00Z");
const MINUTE_MS = 60_000;
const ACME = "acme" as CompanyId;
const MARIA = "5511988887777";
const MARKETING_PRICE = { category: "marketing", type: "regular", billable: true } as const;

/** A store that can create companies. */
export interface CreatingStore extends OwnerStore {
  create(company: CompanyId, data: NewCompany): Promise<boolean>;
}

/** The history of a company, with rows for every table. Each step is one change. */
export const HISTORY: readonly ((owner: CompanyOwner) => Promise<Change>)[] = [
  (own) => changeAt(own, NOON, agreeContract(3)),
  (own) =>
    changeAt(
      own,
      NOON,
      record(
        wrote(MARIA, NOON),
        wrote(MARIA, NOON + MINUTE_MS, "BR.1349120865"),
        wrote("5521933334444", NOON),
      ),
      sendTemplate("5531955556666", "message-1", { department: "sales" }),
      useAutomation("run-1", 7, { department: "support", campaign: "natal \u{1F384}" }),
    ),
  (own) =>
    changeAt(
      own,
      NOON + 5 * MINUTE_MS,
      record(
        templateStatus(MARIA, "wamid.t1", "sent", NOON + 4 * MINUTE_MS),
        templateStatus(MARIA, "wamid.t1", "delivered", NOON + 4 * MINUTE_MS, NO_PRICING),
        templateStatus(MARIA, "wamid.t1", "read", NOON + 5 * MINUTE_MS, MARKETING_PRICE),
        templateStatus("5521933334444", "wamid.t2", "sent", NOON),
        templateStatus("5521933334444", "wamid.t2", "failed", NOON),
        numberChanged("5521933334444", "5521911112222", NOON + 5 * MINUTE_MS),
        wrote("5541999990000", NOON - 30 * 86_400_000),
      ),
      record(noted("5541999990000", NOON)),
    ),
  (own) =>
    changeAt(
      own,
      NOON + 6 * MINUTE_MS,
      {
        type: "configure",
        profile: {
          name: "Acme Ltda",
          locale: "en",
          time_zone: "America/Manaus",
          template_in_open_window: "free",
          phone_number_ids: [OUR_NUMBER],
          effective_from: undefined,
        },
        by: "tests",
      },
      setAccount(OUR_NUMBER, "Asia/Tokyo"),
      { type: "cancel_contract", by: "tests" },
      { type: "withdraw_cancellation", by: "tests" },
      {
        type: "set_rate",
        feature: "automation.run" as never,
        credits: 5 as never,
        effective_from: undefined,
        by: "tests",
      },
    ),
  (own) => changeAt(own, at("2026-12-01T12:00:00Z"), useAutomation("run-2", 1)),
  (own) => {
    const yesterday = at("2026-11-30T13:00:00Z");
    const late = { ...record(wrote(MARIA, yesterday)), received_at_ms: at("2026-12-01T12:00:00Z") };
    return changeAt(own, at("2026-12-01T12:01:00Z"), late);
  },
];

/** Creates a company and activates it. */
export async function createOwner(store: CreatingStore, company = ACME): Promise<CompanyOwner> {
  await store.create(company, newCompany(company, NOON - MINUTE_MS));
  return await CompanyOwner.of(store, company);
}

async function changeAt(own: CompanyOwner, now_ms: number, ...commands: readonly Command[]): Promise<Change> {
  const { change, replies } = await own.decide(now_ms, ...commands);
  for (const reply of replies) assert.equal(reply.type === "refused" ? reply.detail : undefined, undefined);
  return change;
}
