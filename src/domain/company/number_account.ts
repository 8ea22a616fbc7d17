import { accountAt } from "../meta_costs/number_accounts.ts";
import { accountDate } from "./account_days.ts";
import type { Command, Reply } from "./command.ts";
import { refused } from "./command.ts";
import type { Emit } from "./posting.ts";
import type { CompanyState } from "./state.ts";

/**
 * Sets the Meta account of one of the company's numbers. It holds for messages delivered from now on: none that is
 * counted already moves to another date. The account that holds already is not set again.
 */
export function setNumberAccount(
  state: CompanyState,
  emit: Emit,
  { phone_number_id, account, by }: Extract<Command, { type: "set_number_account" }>,
  now_ms: number,
): Reply {
  const { account_id, portfolio_id = account_id, time_zone, currency } = account;
  if (!state.phone_number_ids.includes(phone_number_id)) {
    const remedy = "claim it in `phone_number_ids` of a company first";
    return refused("phone_number_not_found", `The company no longer has this phone number: ${remedy}.`);
  }
  const latest = accountAt(state.number_accounts, phone_number_id, Infinity);
  const is_set = latest !== undefined && latest.account_id === account_id &&
    latest.portfolio_id === portfolio_id && latest.time_zone === time_zone && latest.currency === currency;
  if (is_set) return { type: "number_account", account: latest };
  // Meta's clock counts seconds, and a clock ahead of ours may have dated a delivery later than now.
  const from_ms = Math.max(
    now_ms - now_ms % 1000,
    (state.latest_charged_ms ?? -Infinity) + 1,
    (latest?.from_ms ?? -Infinity) + 1,
  );
  const set = {
    company: state.company,
    phone_number_id,
    from_ms,
    from_date: accountDate(state, time_zone, from_ms),
    account_id,
    portfolio_id,
    time_zone,
    currency,
    recorded_at_ms: now_ms,
    recorded_by: by,
  };
  emit({ type: "number_account_set", account: set });
  return { type: "number_account", account: set };
}
