import { Trans, useLingui } from "@lingui/react/macro";
import { type FormEvent, useState } from "react";
import { Link } from "wouter";
import { currencyOfZone, guessZone, knownCurrencies, knownZones } from "../../format/places.ts";
import { browserRegion } from "../../format/region.ts";
import { Field } from "../../parts/field.tsx";
import { Select } from "../../parts/select.tsx";
import { to } from "../../routes.ts";
import type { AuthRefusal } from "./auth.ts";
import { EmailField } from "./email-field.tsx";
import { EntryPage } from "./entry-page.tsx";
import { MailSent } from "./mail-sent.tsx";
import { PasswordField } from "./password-field.tsx";
import { Summary } from "./summary.tsx";
import { useAuth } from "./use-auth.ts";

const shortest = 12;

interface Draft {
  name: string;
  email: string;
  password: string;
  organisation: string;
  zone: string;
  currency: string;
}

export function SignUp() {
  const { t } = useLingui();
  const zone = guessZone();
  const [draft, setDraft] = useState<Draft>({
    name: "",
    email: "",
    password: "",
    organisation: "",
    zone,
    currency: currencyOfZone(zone),
  });
  const [asked, setAsked] = useState(false);
  const [sent, setSent] = useState<{ mailbox: string | null } | null>(null);
  const change = (part: Partial<Draft>): void => setDraft({ ...draft, ...part });
  const missing = {
    name: draft.name.trim() ? null : t`Enter your name.`,
    email: draft.email.includes("@") ? null : t`Enter your e-mail address.`,
    password: draft.password.length >= shortest ? null : t`Use at least ${shortest} characters; a sentence works well.`,
    organisation: draft.organisation.trim() ? null : t`Enter the name of your brand.`,
  };
  const { busy, problem, refused, tell, ask } = useAuth("sign-up/email", {
    words: useRefusalWords(),
    onDone: (mailbox) => setSent({ mailbox }),
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setAsked(true);
    const first = Object.values(missing).find(Boolean);
    if (first) return tell(first);
    const region = browserRegion();
    ask({ ...draft, ...(/^[A-Z]{2}$/.test(region) && { region }) });
  };
  const wrong = { ...missing, password: missing.password ?? (refused === "weak" ? problem : null) };
  if (sent) return <MailSent email={draft.email.trim()} mailbox={sent.mailbox} />;
  return (
    <EntryPage title={t`Make an organisation`}>
      <form noValidate onSubmit={submit}>
        <Summary problem={problem} />
        <DraftFields draft={draft} missing={asked ? wrong : {}} onChange={change} />
        <button type="submit" className="btn pri" aria-disabled={busy}>
          {busy ? <Trans>Asking…</Trans> : <Trans>Continue</Trans>}
        </button>
      </form>
      <p className="sm dim">
        <Trans>
          Already have one? <Link href={to.signIn()}>Sign in</Link>
        </Trans>
      </p>
    </EntryPage>
  );
}

interface DraftFieldsProps {
  draft: Draft;
  missing: Partial<Record<keyof Draft, string | null>>;
  onChange: (part: Partial<Draft>) => void;
}

function DraftFields({ draft, missing, onChange }: DraftFieldsProps) {
  const { t } = useLingui();
  return (
    <>
      <Field
        label={t`Your name`}
        name="name"
        autoComplete="name"
        value={draft.name}
        error={missing.name}
        onChange={(event) => onChange({ name: event.target.value })}
      />
      <EmailField value={draft.email} error={missing.email} onChange={(email) => onChange({ email })} />
      <PasswordField
        value={draft.password}
        autoComplete="new-password"
        error={missing.password}
        hint={<PasswordHint length={draft.password.length} />}
        onChange={(password) => onChange({ password })}
      />
      <Field
        label={t`Brand`}
        name="organisation"
        autoComplete="organization"
        value={draft.organisation}
        error={missing.organisation}
        onChange={(event) => onChange({ organisation: event.target.value })}
      />
      <div className="pair">
        <Select
          label={t`Time zone`}
          value={draft.zone}
          options={knownZones()}
          onChange={(zone) => onChange({ zone })}
        />
        <Select
          label={t`Currency`}
          value={draft.currency}
          options={knownCurrencies()}
          onChange={(currency) => onChange({ currency })}
        />
      </div>
    </>
  );
}

function PasswordHint({ length }: { length: number }) {
  if (length === 0 || length >= shortest) return <Trans>At least {shortest} characters. Pasting is welcome.</Trans>;
  return (
    <Trans>
      {length} of {shortest} characters
    </Trans>
  );
}

function useRefusalWords(): (refusal: AuthRefusal) => string {
  const { t } = useLingui();
  return ({ kind, message }) => {
    switch (kind) {
      case "weak":
        return message ?? t`This password is on a list of known ones. Use another.`;
      case "locked":
        return t`Too many tries. Wait a minute.`;
      case "unreachable":
        return t`Headwater did not answer. Nothing was made; try again in a moment.`;
      case "wrong":
        return message ?? t`This could not be made as it stands.`;
    }
  };
}
