import { Trans } from "@lingui/react/macro";
import { LookIntoMail } from "./look-into-mail.tsx";

export function MailSent({ email, mailbox }: { email: string; mailbox: string | null }) {
  return (
    <LookIntoMail
      mailbox={mailbox}
      said={
        <Trans>
          We wrote to <b>{email}</b>. The link in that mail goes on from here; it works once, for 24 hours.
        </Trans>
      }
    >
      <p className="sm dim">
        <Trans>Nothing came? Look among the unwanted mails, or ask again in a few minutes.</Trans>
      </p>
    </LookIntoMail>
  );
}
