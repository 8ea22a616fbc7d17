import type { FC } from "hono/jsx";
import type { Strings } from "./strings/strings.ts";
import type { Direction } from "../domain/types.ts";

/** An arrow for the direction of a conversation, with its name for screen readers. */
export const DirectionMark: FC<{ direction: Direction; strings: Strings }> = ({ direction, strings }) => {
  if (direction === "none") return <span class="direction"></span>;
  return (
    <span class={`direction ${direction}`}>
      <svg width="14" height="14" viewBox="0 0 14 14" role="img" aria-label={strings.direction[direction]}>
        <path d={direction === "inbound" ? "M11 3 3 11M3 4.5V11h6.5" : "M3 11 11 3M4.5 3H11v6.5"} />
      </svg>
    </span>
  );
};
