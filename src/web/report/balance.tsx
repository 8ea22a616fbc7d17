import type { Child, FC } from "hono/jsx";
import { Forecast } from "./forecast.tsx";
import { monthHref } from "./href.ts";
import { dateText, isOpenMonth, type RenderContext } from "./render_context.ts";
import type { Contract } from "./view.ts";

/** The one number that leads, and what it is made of. */
export const Balance: FC<{ reading: RenderContext }> = ({ reading }) => {
  const { view: { statement }, strings } = reading;
  return (
    <section id="balance" aria-labelledby="balance-heading">
      <h2 id="balance-heading" class="unseen">{strings.balance.heading}</h2>
      <div>
        <LeadNumber reading={reading} />
        {statement.granted > 0 && <PackageUsage reading={reading} />}
        <Notes reading={reading} />
      </div>
      <Facts reading={reading} />
    </section>
  );
};

/** Credits available; where there is no package, or the month is over, credits used. */
const LeadNumber: FC<{ reading: RenderContext }> = ({ reading }) => {
  const { view, strings: { balance: said }, formats } = reading;
  const { statement, balance } = view;
  if (!isOpenMonth(view)) {
    return (
      <p class="number">
        <strong>{formats.credits(statement.consumed)}</strong>{" "}
        <span>{said.consumed_in(statement.consumed, formats.month(statement.period))}</span>
      </p>
    );
  }
  const [figure, count, text] = balance.granted > 0
    ? ["available", balance.available, said.available(balance.available)] as const
    : ["consumed", balance.consumed, said.used_this_month(balance.consumed)] as const;
  return (
    <p class="number">
      <strong data-figure={figure}>{formats.credits(count)}</strong> <span>{text}</span>
    </p>
  );
};

/** How much of the package is used, against how much would be if it went evenly. */
const PackageUsage: FC<{ reading: RenderContext }> = ({ reading }) => {
  const { view, strings: { balance: said, credits }, formats } = reading;
  const { granted, prepaid_used } = view.statement;
  const share = formats.share(prepaid_used, granted);
  const per_cent = Math.min(100, 100 * prepaid_used / granted);
  return (
    <>
      <svg class="share" width="100%" height="10" aria-hidden="true">
        <rect class="whole" width="100%" height="10" rx="2" />
        <rect class="used" width={`${Math.round(10 * per_cent) / 10}%`} height="10" rx="2" />
      </svg>
      <p class="share-text">{said.share(share, credits(granted, formats.credits(granted)))}</p>
    </>
  );
};

/** What has to be said about the month, if anything. */
const Notes: FC<{ reading: RenderContext }> = ({ reading }) => {
  const { view, strings: { balance: said } } = reading;
  const { statement, balance, contract } = view;
  if (!isOpenMonth(view)) {
    return (
      <p class="note">
        {statement.status === "final" ? said.final : said.closed}{" "}
        <a href={monthHref(view, balance.period)}>{said.back}</a>
      </p>
    );
  }
  return (
    <>
      {balance.granted === 0 && <p class="note">{said.no_package}</p>}
      <Forecast reading={reading} />
      {balance.granted > 0 && balance.available === 0 && <p class="note">{said.all_used}</p>}
      {contract && contract.cancels_on !== null &&
        <p class="note">{said.cancels(dateText(reading, contract.cancels_on))}</p>}
      {contract && contract.cancels_on === null && contract.scheduled &&
        <p class="note">{scheduledText(reading, contract.scheduled)}</p>}
    </>
  );
};

function scheduledText(reading: RenderContext, next: NonNullable<Contract["scheduled"]>): string {
  const { strings, formats } = reading;
  const { balance: said, credits } = strings;
  const held = next.package === null
    ? said.scheduled_none
    : said.scheduled_package(credits(next.package.credits, formats.credits(next.package.credits)));
  const price = next.package?.price ?? null;
  const terms = [
    price === null ? held : `${held}, ${formats.money(price, next.currency)}`,
    ...next.excess_credit_price === null ? [] : [
      `${said.excess.toLowerCase()} ${
        said.excess_at(formats.money(next.excess_credit_price, next.currency))
      }`,
    ],
  ];
  return said.scheduled(dateText(reading, next.effective_from), terms.join("; "));
}

/** Everything else one may ask of a balance, in the order in which it is asked. */
const Facts: FC<{ reading: RenderContext }> = ({ reading }) => {
  const { view, strings: { balance: said }, formats } = reading;
  const { statement, balance } = view;
  const { commitment_ends_on } = balance;
  const is_open = isOpenMonth(view);
  const money = (amount: string | null) =>
    amount === null || statement.currency === null
      ? said.no_price
      : formats.money(amount, statement.currency);
  return (
    <dl class="facts">
      {statement.granted > 0 && (
        <>
          <Fact
            term={said.package}
            more={statement.package_price === null ? undefined : money(statement.package_price)}
          >
            {formats.credits(statement.granted)}
          </Fact>
          <Fact term={said.used}>
            <span data-figure={is_open ? "consumed" : undefined}>{formats.credits(statement.consumed)}</span>
          </Fact>
        </>
      )}
      {statement.expired > 0 && <Fact term={said.expired}>{formats.credits(statement.expired)}</Fact>}
      <Fact
        term={said.excess}
        more={statement.excess === 0
          ? statement.excess_credit_price === null
            ? undefined
            : said.excess_at(money(statement.excess_credit_price))
          : money(statement.excess_amount)}
      >
        <span
          data-figure={is_open ? "excess" : undefined}
          class={statement.excess > 0 ? "excess" : undefined}
        >
          {formats.credits(statement.excess)}
        </span>
      </Fact>
      {statement.total !== null && <Fact term={said.total}>{money(statement.total)}</Fact>}
      {is_open && balance.granted > 0 && (
        <Fact term={said.renews}>
          {balance.renews_on === null ? said.not_renewing : dateText(reading, balance.renews_on)}
        </Fact>
      )}
      {is_open && commitment_ends_on !== null && commitment_ends_on >= view.company.today &&
        <Fact term={said.commitment}>{formats.mediumDate(commitment_ends_on)}</Fact>}
    </dl>
  );
};

const Fact: FC<{ term: string; more?: string | undefined; children: Child }> = ({ term, more, children }) => (
  <div>
    <dt>{term}</dt>
    <dd>{children}{more !== undefined && <small>{more}</small>}</dd>
  </div>
);
