import { Trans } from "@lingui/react/macro";
import type { ReactNode } from "react";
import { Link } from "wouter";
import { useFormat } from "../language.tsx";
import { to } from "../routes.ts";
import type { RequestAbout } from "../screens/inbox/requests.documents.ts";
import { SendRequest } from "./ask.tsx";
import { usePlace } from "./organisation.tsx";
import { PageHeading, usePageTitle } from "./page.tsx";

/** Whom to ask for what only admins may do. */
export const useAdmins = (): string => useFormat().oneOf(usePlace().organisation.admins.slice(0, 3));

/** A page this role may not open: what it is, who can open it, and a way back; never an empty page. */
export function NotYours({ title, about, children }: { title: string; about: RequestAbout; children: ReactNode }) {
  const { organisation } = usePlace();
  usePageTitle(title);
  return (
    <>
      <PageHeading>{title}</PageHeading>
      <p className="dim">
        {organisation.isSample ? (
          <Trans>Sample data can only be looked at.</Trans>
        ) : (
          <>
            {children} <SendRequest about={about} />
          </>
        )}
      </p>
      <Link className="btn s" href={to.overview(organisation.slug)}>
        <Trans>Go back to the start</Trans>
      </Link>
    </>
  );
}
