import type { CSSProperties } from "react";

/** React writes styles through the CSSOM, which the content policy allows; a style attribute in markup it would not. */
export function share(percent: number): CSSProperties {
  return { "--p": `${Math.max(0, Math.min(100, percent))}%` } as CSSProperties;
}
