import type { NewVersion } from "../../src/domain/contract_changes.ts";
import { cancelPackage, changeContract, withdrawCancellation } from "../../src/domain/contract_changes.ts";
import type { ContractVersion } from "../../src/domain/contract.ts";
import {
  cancelsOn,
  commitmentEndsOn,
  grantedBy,
  packagePriceOf,
  scheduledAfter,
  termsOn,
} from "../../src/domain/contract.ts";
import { showMoney } from "../../src/domain/money.ts";
import type { LocalDate, Month } from "../../src/domain/types.ts";
import type { OfferDetails } from "./fixtures.ts";
import { offerOf } from "./fixtures.ts";

/** A contract with its changes over time, described as text. */
export class ContractHistory {
  readonly history: ContractVersion[] = [];

  change(today: string, offer: OfferDetails): this {
    return this.#add(changeContract(this.history, offerOf(offer), today as LocalDate));
  }

  cancel(today: string): this {
    return this.#add([cancelPackage(this.history, today as LocalDate)!]);
  }

  withdrawCancellation(today: string): this {
    return this.#add([withdrawCancellation(this.history, today as LocalDate)!]);
  }

  termsOn(date: string): string {
    return describeTerms(termsOn(this.history, date as LocalDate));
  }

  scheduled(today: string): string {
    const next = scheduledAfter(this.history, today as LocalDate);
    return next === undefined ? "none" : `${next.effective_from}: ${describeTerms(next.terms)}`;
  }

  granted(month: string, through: string): number {
    return grantedBy(this.history, month as Month, through as LocalDate);
  }

  price(month: string): string | null {
    const price = packagePriceOf(this.history, month as Month);
    return price === null ? null : showMoney(price);
  }

  commitment(today: string): string | null {
    return commitmentEndsOn(termsOn(this.history, today as LocalDate));
  }

  cancels(today: string): string | null {
    return cancelsOn(this.history, today as LocalDate);
  }

  #add(versions: readonly NewVersion[]): this {
    for (const version of versions) {
      const number = this.history.length + 1;
      this.history.push({ ...version, version: number, recorded_at_ms: 0, recorded_by: "test" });
    }
    return this;
  }
}

function describeTerms(terms: ReturnType<typeof termsOn>): string {
  if (terms === undefined) return "none";
  const { package: agreed_package, excess_credit_price, currency } = terms;
  const size = agreed_package === null
    ? "no package"
    : `${agreed_package.credits} at ${showMoney(agreed_package.price!)}`;
  return `${size}, excess ${showMoney(excess_credit_price!)}${currency === "BRL" ? "" : ` ${currency}`}`;
}
