import { Trans, useLingui } from "@lingui/react/macro";
import type { ReactNode } from "react";
import { EntryPage } from "./entry-page.tsx";

interface LookIntoMailProps {
  /** The same for every address: whether it has an account is told by its mail alone. */
  said: ReactNode;
  /** Where mails are read that are not sent. */
  mailbox: string | null;
  children?: ReactNode;
}

export function LookIntoMail({ said, mailbox, children }: LookIntoMailProps) {
  const { t } = useLingui();
  return (
    <EntryPage title={t`Look into your mail`}>
      <p role="status">{said}</p>
      {mailbox && (
        <p>
          <Trans>
            On this machine nothing is sent: <a href={mailbox}>open the mailbox</a>.
          </Trans>
        </p>
      )}
      {children}
    </EntryPage>
  );
}
