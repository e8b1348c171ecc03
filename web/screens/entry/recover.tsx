import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { Link } from "wouter";
import { to } from "../../routes.ts";
import { EmailField } from "./email-field.tsx";
import { EntryPage } from "./entry-page.tsx";
import { LookIntoMail } from "./look-into-mail.tsx";
import { NewPasswordField } from "./password-field.tsx";
import { Summary } from "./summary.tsx";
import { useAuth, useToldWords } from "./use-auth.ts";

/** A forgotten password: asked for without a token, chosen anew with the one of the mail. */
export function Recover({ token }: { token: string }) {
  return token === "" ? <AskForLink /> : <ChooseNew token={token} />;
}

function AskForLink() {
  const { t } = useLingui();
  const [email, setEmail] = useState("");
  const [asked, setAsked] = useState<{ mailbox: string | null } | null>(null);
  const { busy, problem, ask } = useAuth("recover/ask", {
    words: useToldWords(),
    onDone: (mailbox) => setAsked({ mailbox }),
  });
  if (asked) return <Asked email={email.trim()} mailbox={asked.mailbox} />;
  return (
    <EntryPage title={t`Forgot your password?`}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          ask({ email });
        }}
      >
        <Summary problem={problem} />
        <EmailField value={email} onChange={setEmail} />
        <button type="submit" className="btn pri" aria-disabled={busy}>
          {busy ? <Trans>Asking…</Trans> : <Trans>Continue</Trans>}
        </button>
      </form>
      <BackToSignIn />
    </EntryPage>
  );
}

function Asked({ email, mailbox }: { email: string; mailbox: string | null }) {
  return (
    <LookIntoMail
      mailbox={mailbox}
      said={
        <Trans>
          If <b>{email}</b> has an account, we wrote to it. With the link in that mail you choose a new password; it
          works once, for an hour.
        </Trans>
      }
    />
  );
}

function ChooseNew({ token }: { token: string }) {
  const { t } = useLingui();
  const [next, setNext] = useState("");
  const [done, setDone] = useState(false);
  const { busy, problem, ask } = useAuth("recover/set", { words: useToldWords(), onDone: () => setDone(true) });
  if (done)
    return (
      <EntryPage title={t`Choose a new password`}>
        <p role="status">
          <Trans>Your password is changed. Everywhere else you were signed out.</Trans>
        </p>
        <Link className="btn pri" href={to.signIn()}>
          <Trans>Sign in</Trans>
        </Link>
      </EntryPage>
    );
  return (
    <EntryPage title={t`Choose a new password`}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          ask({ token, next });
        }}
      >
        <Summary problem={problem} />
        <NewPasswordField value={next} onChange={setNext} />
        <button type="submit" className="btn pri" aria-disabled={busy}>
          {busy ? <Trans>Changing…</Trans> : <Trans>Change the password</Trans>}
        </button>
      </form>
      <BackToSignIn />
    </EntryPage>
  );
}

const BackToSignIn = () => (
  <p className="sm dim">
    <Link href={to.signIn()}>
      <Trans>Sign in</Trans>
    </Link>
  </p>
);
