import type { Child, FC } from "hono/jsx";
import { ASSETS } from "./assets.ts";

interface FrameProps {
  readonly language: string;
  readonly title: string;
  /** The path of the script, on a page that has one. */
  readonly script?: string;
  readonly body?: Readonly<Record<string, string | number>>;
  readonly children: Child;
}

/** The document around everything we show people: nothing in it is inline, and nothing comes from elsewhere. */
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

/** A document as it is sent. */
export function documentOf(frame: ReturnType<typeof Frame>): string {
  return `<!doctype html>${frame}`;
}
