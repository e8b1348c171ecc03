import type { CSSProperties } from "react";

/** React writes styles through the CSSOM, which the content policy allows; a style attribute in markup it would not. */
export function share(percent: number): CSSProperties {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- React's types know no custom properties; the browser does.
  return { "--p": `${Math.max(0, Math.min(100, percent))}%` } as CSSProperties;
}
