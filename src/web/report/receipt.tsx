import { isolated } from "../../domain/bidi.ts";
import type { Child, FC } from "hono/jsx";
import { Contact } from "../contact.tsx";
import { hrefTo } from "./href.ts";
import { featureName, type RenderContext } from "./render_context.ts";
import type { Receipt } from "./view.ts";

/**
 * The reason for a ledger entry in one sentence, and its details. It is beside the entries on wide screens and at the
 * bottom of the window on others, so that it is in view wherever its entry is.
 */
export const ReceiptPanel: FC<{ context: RenderContext; receipt: Receipt }> = ({ context, receipt }) => {
  const { view, strings, formats } = context;
  const { receipt: texts } = strings;
  const zone = view.company.zoneOn(receipt.local_date);
  const close = hrefTo(view.parameters, { cursor: view.parameters.cursor }, `entry-${receipt.seq}`);
  const { window, rate, contract, fact } = receipt;
  return (
    <div class="receipt" role="group" aria-labelledby="receipt-heading">
      <header>
        <h3 id="receipt-heading">{texts.heading(String(receipt.seq))}</h3>
        <a href={close} data-close>{texts.close}</a>
      </header>
      <p class="sentence">{receipt.sentence}</p>
      <dl>
        {receipt.feature !== null && <Line term={texts.split}>{splitText(context, receipt)}</Line>}
        {receipt.feature !== null && <Line term={texts.amount}>{amountText(context, receipt)}</Line>}
        {window && (
          <Line term={texts.window}>
            {texts.window_text(formats.time(window.opened_at, zone), formats.time(window.closes_at, zone))}
          </Line>
        )}
        {window?.contact === null
          ? <Line term={strings.history.contact}>{strings.history.contact_removed_reason}</Line>
          : window && view.sees_contacts && (
            <Line term={strings.history.contact}>
              <Contact contact={window.contact} strings={strings} />
            </Line>
          )}
        {view.sees_contacts && receipt.message !== null && receipt.message.key !== null && (
          <Line term={texts.message}>
            {receipt.message_id === null
              ? texts.message_key(receipt.message.key)
              : <bdi>{receipt.message_id}</bdi>}
          </Line>
        )}
        {fact?.usage_id !== undefined && (
          <Line term={texts.usage_id}>
            <bdi>{fact.usage_id}</bdi>
          </Line>
        )}
        {rate && <Line term={texts.rate}>{rateText(context, rate)}</Line>}
        {contract && (
          <Line term={texts.contract}>
            {texts.contract_text(contract.version, formats.longDate(contract.effective_from))}
          </Line>
        )}
        <Line term={texts.period}>{formats.month(receipt.period)}</Line>
        {receipt.after_close && <Line term={strings.statement.heading}>{texts.after_close}</Line>}
        <Line term={texts.recorded}>
          <time datetime={receipt.recorded_at}>
            {formats.instant(receipt.recorded_at, view.company.zoneAt(receipt.recorded_at))}
          </time>
        </Line>
        {fact?.attribution && Object.keys(fact.attribution).length > 0 && (
          <Line term={texts.labels}>
            {Object.entries(fact.attribution).map((label) => label.map(isolated).join(": ")).join(", ")}
          </Line>
        )}
      </dl>
    </div>
  );
};

const Line: FC<{ term: string; children: Child }> = ({ term, children }) => (
  <div>
    <dt>{term}</dt>
    <dd>{children}</dd>
  </div>
);

function splitText(
  { strings: { receipt: texts }, formats }: RenderContext,
  { prepaid, excess }: Receipt,
): string {
  const parts = [
    ...prepaid === 0 ? [] : [texts.from_package(formats.credits(Math.abs(prepaid)))],
    ...excess === 0 ? [] : [texts.from_excess(formats.credits(Math.abs(excess)))],
  ];
  return parts.length === 0 ? formats.credits(0) : parts.join(", ");
}

/** What the entry costs: its excess in money, or nothing more than the package. */
function amountText(
  { strings: { receipt: texts }, formats }: RenderContext,
  { prepaid, excess, excess_amount, excess_credit_price, currency }: Receipt,
): string {
  if (excess === 0) return prepaid === 0 ? texts.free : texts.amount_package;
  const rest = prepaid === 0 ? "" : texts.rest_package;
  if (excess_amount === null || excess_credit_price === null || currency === null) {
    return texts.no_price + rest;
  }
  const each = formats.money(excess_credit_price, currency);
  const amount = formats.money(excess_amount, currency);
  return texts.amount_excess(amount, formats.credits(Math.abs(excess)), each) + rest;
}

function rateText({ view, strings, formats }: RenderContext, rate: NonNullable<Receipt["rate"]>): string {
  const each = strings.credits(rate.credits, formats.credits(rate.credits));
  const text = rate.own ? strings.receipt.own_rate_text : strings.receipt.rate_text;
  return text(featureName(view, rate.feature), each, rate.version);
}
