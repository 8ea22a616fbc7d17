import type { Child, FC } from "hono/jsx";
import type { RenderContext } from "./render_context.ts";

/** The first steps for a company without any credits yet, and which of them are done. */
export const EmptyState: FC<{ context: RenderContext }> = ({ context }) => {
  const { view, strings, formats } = context;
  const { empty_state: texts } = strings;
  const numbers = view.company.phone_numbers;
  const agreed_package = view.contract?.package ?? null;
  return (
    <section id="nothing" class="nothing" aria-labelledby="nothing-heading">
      <h2 id="nothing-heading">{texts.title}</h2>
      <p>{texts.text}</p>
      <ol aria-label={texts.steps}>
        <Step is_done={numbers > 0}>{numbers > 0 ? texts.number_done(numbers) : texts.number}</Step>
        <Step is_done={agreed_package !== null}>
          {agreed_package === null ? texts.package : texts.package_done(
            strings.credits(agreed_package.credits, formats.credits(agreed_package.credits)),
          )}
        </Step>
        <Step is_done={false}>{texts.write}</Step>
      </ol>
    </section>
  );
};

const Step: FC<{ is_done: boolean; children: Child }> = ({ is_done, children }) => (
  <li class={is_done ? "done" : undefined}>{children}</li>
);
