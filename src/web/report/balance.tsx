import type { Child, FC } from "hono/jsx";
import { barWidth, riskOf } from "../live/shape.ts";
import { Figure, FigureText } from "./figure.tsx";
import { Forecast } from "./forecast.tsx";
import { Bill } from "./risk.tsx";
import { monthHref } from "./href.ts";
import { dateText, isOpenMonth, type RenderContext, scheduledGrantOf } from "./render_context.ts";
import type { ContractView } from "./view.ts";

/** The section of the balance: the main number, notes and details. */
export const Balance: FC<{ context: RenderContext }> = ({ context }) => {
  const { view: { statement }, strings } = context;
  return (
    <section id="balance" class={`risk-${riskOf(statement)}`} aria-labelledby="balance-heading">
      <h2 id="balance-heading" class="unseen">{strings.balance.heading}</h2>
      <div>
        <LeadNumber context={context} />
        <Bill context={context} />
        {statement.granted > 0 && <PackageUsage context={context} />}
        <Notes context={context} />
      </div>
      <Facts context={context} />
    </section>
  );
};

/** The main number: available credits, or used credits without a package or in a past month. */
const LeadNumber: FC<{ context: RenderContext }> = ({ context }) => {
  const { view, strings: { balance: texts }, formats } = context;
  const { statement, balance } = view;
  if (!isOpenMonth(view)) {
    return (
      <p class="number">
        <strong>{formats.credits(statement.consumed)}</strong>{" "}
        <span>{texts.consumed_in(statement.consumed, formats.month(statement.period))}</span>
      </p>
    );
  }
  const [figure, count, text] = balance.granted > 0
    ? ["available", balance.available, texts.available(balance.available)] as const
    : ["consumed", balance.consumed, texts.used_this_month(balance.consumed)] as const;
  return (
    <p class="number">
      <strong data-figure={figure}>{formats.credits(count)}</strong> <span>{text}</span>
    </p>
  );
};

/** The used share of the package, as a bar and a sentence. */
const PackageUsage: FC<{ context: RenderContext }> = ({ context }) => {
  const { view, strings: { balance: texts, credits }, formats } = context;
  const { granted, consumed } = view.statement;
  const name = isOpenMonth(view) ? "share" : undefined;
  return (
    <>
      <svg class="share" width="100%" height="10" aria-hidden="true">
        <rect class="whole" width="100%" height="10" rx="2" />
        <rect
          class="used"
          width={barWidth(consumed, granted)}
          height="10"
          rx="2"
          data-bar={isOpenMonth(view) || undefined}
        />
      </svg>
      <p class="share-text">
        <FigureText
          name={name}
          number={formats.share(consumed, granted)}
          textOf={(share) => texts.share(share, credits(granted, formats.credits(granted)))}
        />
      </p>
    </>
  );
};

/** Notes about the month, such as its forecast or a scheduled change of the contract. */
const Notes: FC<{ context: RenderContext }> = ({ context }) => {
  const { view, strings: { balance: texts } } = context;
  const { statement, balance, contract, scheduled_grant } = view;
  if (!isOpenMonth(view)) {
    return (
      <p class="note">
        {statement.status === "final" ? texts.final : texts.closed}{" "}
        <a href={monthHref(view, balance.period)}>{texts.back}</a>
      </p>
    );
  }
  return (
    <>
      {balance.granted === 0 && scheduled_grant === null && <p class="note">{texts.no_package}</p>}
      <Forecast context={context} />
      {balance.granted > 0 && balance.available === 0 && <p class="note">{texts.all_used}</p>}
      {contract && contract.cancels_on !== null &&
        <p class="note">{texts.cancels(dateText(context, contract.cancels_on))}</p>}
      {contract && contract.cancels_on === null && contract.scheduled &&
        <p class="note">{scheduledText(context, contract.scheduled)}</p>}
      {scheduled_grant && <p class="note">{texts.covers_first(dateText(context, scheduled_grant.on))}</p>}
    </>
  );
};

function scheduledText(context: RenderContext, next: NonNullable<ContractView["scheduled"]>): string {
  const { strings, formats } = context;
  const { balance: texts, credits } = strings;
  const package_text = next.package === null
    ? texts.scheduled_none
    : texts.scheduled_package(credits(next.package.credits, formats.credits(next.package.credits)));
  const price = next.package?.price ?? null;
  const terms = [
    price === null ? package_text : `${package_text}, ${formats.money(price, next.currency)}`,
    ...next.excess_credit_price === null ? [] : [
      `${texts.excess.toLowerCase()} ${
        texts.excess_at(formats.money(next.excess_credit_price, next.currency))
      }`,
    ],
  ];
  return texts.scheduled(dateText(context, next.effective_from), terms.join("; "));
}

/** The other figures of the balance. */
const Facts: FC<{ context: RenderContext }> = ({ context }) => {
  const { view, strings: { balance: texts }, formats } = context;
  const { statement, balance } = view;
  const { commitment_ends_on } = balance;
  const is_open = isOpenMonth(view);
  const money = (amount: string | null) =>
    amount === null || statement.currency === null
      ? texts.no_price
      : formats.money(amount, statement.currency);
  return (
    <dl class="facts">
      {statement.granted > 0 && (
        <>
          <Fact
            term={texts.package}
            more={statement.package_price === null
              ? undefined
              : packagePriceText(context, money(statement.package_price))}
          >
            {formats.credits(statement.granted)}
          </Fact>
          <Fact term={texts.used}>
            <span data-figure={is_open ? "consumed" : undefined}>{formats.credits(statement.consumed)}</span>
          </Fact>
        </>
      )}
      {statement.expired > 0 && <Fact term={texts.expired}>{formats.credits(statement.expired)}</Fact>}
      <Fact
        term={texts.excess}
        more={statement.excess === 0
          ? statement.excess_credit_price === null
            ? undefined
            : texts.excess_at(money(statement.excess_credit_price))
          : <Amount name="excess_amount" text={money(statement.excess_amount)} is_live={is_open} />}
      >
        <span
          data-figure={is_open ? "excess" : undefined}
          class={statement.excess > 0 ? "excess" : undefined}
        >
          {formats.credits(statement.excess)}
        </span>
      </Fact>
      {statement.total !== null && (
        <Fact term={texts.total} more={totalText(context)}>
          <Amount name="total" text={money(statement.total)} is_live={is_open} />
        </Fact>
      )}
      {is_open && balance.granted > 0 && (
        <Fact term={texts.renews}>
          {balance.renews_on === null ? texts.not_renewing : dateText(context, balance.renews_on)}
        </Fact>
      )}
      {is_open && commitment_ends_on !== null && commitment_ends_on >= view.company.today &&
        <Fact term={texts.commitment}>{formats.mediumDate(commitment_ends_on)}</Fact>}
    </dl>
  );
};

/** The price of the month's package. That of a package to come is for its credits, not for those granted so far. */
function packagePriceText(context: RenderContext, price: string): string {
  const { view, strings: { balance: texts, credits }, formats } = context;
  const scheduled_grant = scheduledGrantOf(view);
  if (scheduled_grant === null) return price;
  const { on, granted } = scheduled_grant;
  return texts.price_from(price, credits(granted, formats.credits(granted)), dateText(context, on));
}

/** Says that a total has the price of a package to come. */
function totalText(context: RenderContext): string | undefined {
  const { view, strings, formats } = context;
  const { package_price, currency } = view.statement;
  const scheduled_grant = scheduledGrantOf(view);
  if (scheduled_grant === null || package_price === null || currency === null) return undefined;
  return strings.balance.total_with(
    formats.money(package_price, currency),
    dateText(context, scheduled_grant.on),
  );
}

const Amount: FC<{ name: string; text: string; is_live: boolean }> = ({ name, text, is_live }) =>
  is_live ? <Figure name={name} text={text} /> : <>{text}</>;

const Fact: FC<{ term: string; more?: Child; children: Child }> = ({ term, more, children }) => (
  <div>
    <dt>{term}</dt>
    <dd>{children}{more !== undefined && <small>{more}</small>}</dd>
  </div>
);
