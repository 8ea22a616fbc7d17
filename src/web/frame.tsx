import type { Child, FC } from "hono/jsx";
import { ASSETS } from "./assets.ts";

interface FrameProps {
  readonly language: string;
  readonly title: string;
  /** The path of the page's script, if it has one. */
  readonly script?: string;
  readonly body?: Readonly<Record<string, string | number>>;
  readonly children: Child;
}

/** The HTML document of every page. It has no inline script or style and loads nothing from other origins. */
export const Frame: FC<FrameProps> = ({ language, title, script, body, children }) => (
  <html lang={language}>
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <title>{title}</title>
      <link rel="stylesheet" href={ASSETS.style.path} />
      <link rel="icon" href={ASSETS.icon.path} type="image/svg+xml" />
      {script !== undefined && <script type="module" src={script}></script>}
    </head>
    <body {...body}>{children}</body>
  </html>
);

/** Returns the document as text, with its doctype. */
export function documentOf(frame: ReturnType<typeof Frame>): string {
  return `<!doctype html>${frame}`;
}
