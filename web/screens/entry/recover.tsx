import { Trans, useLingui } from "@lingui/react/macro";
import { type FormEvent, useState } from "react";
import { Link } from "wouter";
import { Field } from "../../parts/field.tsx";
import { preferences } from "../../preferences.ts";
import { to } from "../../routes.ts";
import { type AuthOutcome, postAuth } from "./auth.ts";
import { EntryPage } from "./entry-page.tsx";
import { PasswordField } from "./password-field.tsx";
import { Summary } from "./summary.tsx";

/** A forgotten password: asked for without a token, chosen anew with the one of the mail. */
export function Recover({ token }: { token: string }) {
  return token === "" ? <AskForLink /> : <ChooseNew token={token} />;
}

function useAsking(path: "recover/ask" | "recover/set") {
  const { t } = useLingui();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [done, setDone] = useState<Extract<AuthOutcome, { ok: true }> | null>(null);
  const ask = async (event: FormEvent, body: Record<string, string>): Promise<void> => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    const outcome = await postAuth(path, body, preferences().language);
    setBusy(false);
    if (outcome.ok) setDone(outcome);
    else setProblem(outcome.message ?? t`Headwater did not answer. Try again in a moment.`);
  };
  return { busy, problem, done, ask };
}

function AskForLink() {
  const { t } = useLingui();
  const [email, setEmail] = useState("");
  const { busy, problem, done, ask } = useAsking("recover/ask");
  if (done) return <Asked email={email.trim()} mailbox={done.mailbox} />;
  return (
    <EntryPage title={t`Forgot your password?`}>
      <form noValidate onSubmit={(event) => void ask(event, { email })}>
        <Summary problem={problem} />
        <Field
          label={t`E-mail`}
          name="email"
          type="email"
          autoComplete="username"
          inputMode="email"
          value={email}
          onChange={(event) => setEmail(event.target.value)}
        />
        <button type="submit" className="btn pri" aria-disabled={busy}>
          {busy ? <Trans>Asking…</Trans> : <Trans>Continue</Trans>}
        </button>
      </form>
      <BackToSignIn />
    </EntryPage>
  );
}

/** The same for every address: whether it has an account is told by its mail alone. */
function Asked({ email, mailbox }: { email: string; mailbox: string | null }) {
  const { t } = useLingui();
  return (
    <EntryPage title={t`Look into your mail`}>
      <p role="status">
        <Trans>
          If <b>{email}</b> has an account, we wrote to it. With the link in that mail you choose a new password; it
          works once, for an hour.
        </Trans>
      </p>
      {mailbox && (
        <p>
          <Trans>
            On this machine nothing is sent: <a href={mailbox}>open the mailbox</a>.
          </Trans>
        </p>
      )}
    </EntryPage>
  );
}

function ChooseNew({ token }: { token: string }) {
  const { t } = useLingui();
  const [next, setNext] = useState("");
  const { busy, problem, done, ask } = useAsking("recover/set");
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
      <form noValidate onSubmit={(event) => void ask(event, { token, next })}>
        <Summary problem={problem} />
        <PasswordField
          label={t`New password`}
          value={next}
          onChange={setNext}
          autoComplete="new-password"
          hint={t`At least 12 characters; a short sentence is easiest to keep.`}
        />
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
