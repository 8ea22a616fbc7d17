import type { FC } from "hono/jsx";

/** A number that the script keeps up to date, by the name of its figure. */
export const Figure: FC<{ name: string; text: string }> = ({ name, text }) => (
  <span data-figure={name}>{text}</span>
);

/** Text around a figure: `textOf` puts the number where it belongs in the sentence. */
export const FigureText: FC<
  { name: string | undefined; number: string; textOf: (number: string) => string }
> = (
  { name, number, textOf },
) => {
  if (name === undefined) return <>{textOf(number)}</>;
  const [before, after] = textOf(PLACE).split(PLACE);
  return (
    <>
      {before}
      <Figure name={name} text={number} />
      {after}
    </>
  );
};

/** Stands for the number in a sentence; no text of the page has this character. */
const PLACE = "\ue000";
