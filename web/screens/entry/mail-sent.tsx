import { Trans, useLingui } from "@lingui/react/macro";
import { EntryPage } from "./entry-page.tsx";

/** The same for every address: whether it has an account is told by its mail alone. */
export function MailSent({ email, mailbox }: { email: string; mailbox: string | null }) {
  const { t } = useLingui();
  return (
    <EntryPage title={t`Look into your mail`}>
      <p role="status">
        <Trans>
          We wrote to <b>{email}</b>. The link in that mail goes on from here; it works once, for 24 hours.
        </Trans>
      </p>
      {mailbox && (
        <p>
          <Trans>
            On this machine nothing is sent: <a href={mailbox}>open the mailbox</a>.
          </Trans>
        </p>
      )}
      <p className="sm dim">
        <Trans>Nothing came? Look among the unwanted mails, or ask again in a few minutes.</Trans>
      </p>
    </EntryPage>
  );
}
