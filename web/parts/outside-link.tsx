import { Trans } from "@lingui/react/macro";
import type { ReactNode } from "react";
import { Icon } from "./icon.tsx";

/** In a tab of its own: told by a mark to whoever sees it, in words to whoever hears it. */
export function OutsideLink({ href, className, children }: { href: string; className?: string; children: ReactNode }) {
  return (
    <a className={className} href={href} target="_blank" rel="noreferrer">
      {children}
      <Icon name="out" />
      <span className="vh">
        , <Trans comment="after the name of a link, for whoever hears it">opens in a new tab</Trans>
      </span>
    </a>
  );
}
