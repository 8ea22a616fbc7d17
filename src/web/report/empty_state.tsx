import type { Child, FC } from "hono/jsx";
import type { RenderContext } from "./render_context.ts";

/** What a company sees before its first credit: what to do, and what of it is done. */
export const EmptyState: FC<{ reading: RenderContext }> = ({ reading }) => {
  const { view, strings, formats } = reading;
  const { empty_state: said } = strings;
  const numbers = view.company.phone_numbers;
  const held = view.contract?.package ?? null;
  return (
    <section id="nothing" class="nothing" aria-labelledby="nothing-heading">
      <h2 id="nothing-heading">{said.title}</h2>
      <p>{said.text}</p>
      <ol aria-label={said.steps}>
        <Step is_done={numbers > 0}>{numbers > 0 ? said.number_done(numbers) : said.number}</Step>
        <Step is_done={held !== null}>
          {held === null
            ? said.package
            : said.package_done(strings.credits(held.credits, formats.credits(held.credits)))}
        </Step>
        <Step is_done={false}>{said.write}</Step>
      </ol>
    </section>
  );
};

const Step: FC<{ is_done: boolean; children: Child }> = ({ is_done, children }) => (
  <li class={is_done ? "done" : undefined}>{children}</li>
);
