import { Trans, useLingui } from "@lingui/react/macro";
import { type FormEvent, useRef, useState } from "react";
import { Link } from "wouter";
import { timeWords } from "../../format/words.ts";
import { preferences } from "../../preferences.ts";
import { to } from "../../routes.ts";
import type { AuthRefusal } from "./auth.ts";
import { EmailField } from "./email-field.tsx";
import { EntryPage } from "./entry-page.tsx";
import { PasswordField } from "./password-field.tsx";
import { Summary } from "./summary.tsx";
import { useAuth } from "./use-auth.ts";

export function SignIn({ onSignedIn }: { onSignedIn: () => void }) {
  const { t } = useLingui();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const form = useRef<HTMLFormElement>(null);
  const { busy, problem, tell, ask } = useAuth("sign-in/email", { words: useRefusalWords(), onDone: onSignedIn });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!email.includes("@") || !password) {
      tell(email.includes("@") ? t`Enter your password.` : t`Enter your e-mail address.`);
      form.current?.querySelector<HTMLInputElement>(email.includes("@") ? "[name=password]" : "[name=email]")?.focus();
      return;
    }
    ask({ email, password });
  };
  return (
    <EntryPage title={t`Sign in`}>
      <form ref={form} noValidate onSubmit={submit}>
        <Summary problem={problem} />
        <EmailField value={email} onChange={setEmail} />
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
function useRefusalWords(): (refusal: AuthRefusal) => string {
  const { t } = useLingui();
  return ({ kind, retryAfterSeconds }) => {
    switch (kind) {
      case "locked": {
        const minutes = Math.max(1, Math.ceil((retryAfterSeconds ?? 60) / 60));
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
