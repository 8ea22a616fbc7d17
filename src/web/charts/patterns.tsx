import type { FC } from "hono/jsx";
import type { FillPattern } from "./series.ts";

/** Defines the fill patterns, once a page. The stylesheet sets their colours. */
export const Patterns: FC = () => (
  <svg class="patterns" width="0" height="0" aria-hidden="true">
    <defs>
      <pattern
        id="pattern-outbound"
        width="6"
        height="6"
        patternUnits="userSpaceOnUse"
        patternTransform="rotate(45)"
      >
        <rect class="ground outbound" width="6" height="6" />
        <rect class="stripe" width="2" height="6" />
      </pattern>
      <pattern id="pattern-dots" width="5" height="5" patternUnits="userSpaceOnUse">
        <rect class="ground other" width="5" height="5" />
        <circle class="stripe" cx="2.5" cy="2.5" r="1.1" />
      </pattern>
      <pattern id="pattern-bars" width="4" height="4" patternUnits="userSpaceOnUse">
        <rect class="ground other" width="4" height="4" />
        <rect class="stripe" width="4" height="1.5" />
      </pattern>
      <pattern
        id="pattern-cross"
        width="5"
        height="5"
        patternUnits="userSpaceOnUse"
        patternTransform="rotate(45)"
      >
        <rect class="ground other" width="5" height="5" />
        <rect class="stripe" width="1.2" height="5" />
        <rect class="stripe" width="5" height="1.2" />
      </pattern>
      <pattern id="pattern-rest" width="4" height="4" patternUnits="userSpaceOnUse">
        <rect class="ground rest" width="4" height="4" />
      </pattern>
    </defs>
  </svg>
);

/** Returns the SVG attributes of a fill pattern. */
export function fillAttributes(pattern: FillPattern): Record<string, string> {
  return pattern === "inbound" ? { class: "ground inbound" } : { fill: `url(#pattern-${pattern})` };
}

/** A small square with a pattern, for the name beside it. */
export const Swatch: FC<{ pattern: FillPattern }> = ({ pattern }) => (
  <svg class="swatch" width="12" height="12" aria-hidden="true">
    <rect width="12" height="12" {...fillAttributes(pattern)} />
  </svg>
);
