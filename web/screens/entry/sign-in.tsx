import { Trans, useLingui } from "@lingui/react/macro";
import { type FormEvent, useRef, useState } from "react";
import { Link } from "wouter";
import { timeWords } from "../../format/words.ts";
import { Field } from "../../parts/field.tsx";
import { preferences } from "../../preferences.ts";
import { to } from "../../routes.ts";
import { type AuthOutcome, postAuth } from "./auth.ts";
import { EntryPage } from "./entry-page.tsx";
import { PasswordField } from "./password-field.tsx";
import { Summary } from "./summary.tsx";

export function SignIn({ onSignedIn }: { onSignedIn: () => void }) {
  const { t } = useLingui();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const form = useRef<HTMLFormElement>(null);
  const words = useFailureWords();
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (busy) return;
    if (!email.includes("@") || !password) {
      setProblem(email.includes("@") ? t`Enter your password.` : t`Enter your e-mail address.`);
      form.current?.querySelector<HTMLInputElement>(email.includes("@") ? "[name=password]" : "[name=email]")?.focus();
      return;
    }
    setBusy(true);
    const outcome = await postAuth("sign-in/email", { email, password }, preferences().language);
    setBusy(false);
    if (outcome.ok) onSignedIn();
    else setProblem(words(outcome));
  };
  return (
    <EntryPage title={t`Sign in`}>
      <form ref={form} noValidate onSubmit={(event) => void submit(event)}>
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
        <PasswordField value={password} onChange={setPassword} autoComplete="current-password" />
        <button type="submit" className="btn pri" aria-disabled={busy}>
          {busy ? <Trans>Signing in…</Trans> : <Trans>Continue</Trans>}
        </button>
      </form>
      <p className="sm dim">
        <Link href={to.recover()}>
          <Trans>Forgot your password?</Trans>
        </Link>
      </p>
      <p className="sm dim">
        <Trans>
          New here? <Link href={to.signUp()}>Make an organisation</Link>
        </Trans>
      </p>
    </EntryPage>
  );
}

/** The same answer for people who are unknown and passwords that are wrong. */
function useFailureWords(): (outcome: Exclude<AuthOutcome, { ok: true }>) => string {
  const { t } = useLingui();
  return (outcome) => {
    switch (outcome.kind) {
      case "locked": {
        const minutes = Math.max(1, Math.ceil((outcome.retryAfterSeconds ?? 60) / 60));
        return t`Too many tries. Try again in ${minutes} ${timeWords[preferences().language].units.minute}.`;
      }
      case "unreachable":
        return t`Headwater did not answer. Try again in a moment.`;
      case "wrong":
      case "weak":
        return t`This e-mail and password do not belong together.`;
    }
  };
}
