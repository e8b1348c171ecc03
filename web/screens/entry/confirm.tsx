import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { Link } from "wouter";
import { preferences } from "../../preferences.ts";
import { to } from "../../routes.ts";
import { postAuth } from "./auth.ts";
import { EntryPage } from "./entry-page.tsx";
import { Summary } from "./summary.tsx";

/** Where the link of the mail leads. A click makes the organisation: what merely opens links for a reader makes nothing. */
export function Confirm({ token }: { token: string }) {
  const { t } = useLingui();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const go = async (): Promise<void> => {
    if (busy) return;
    setBusy(true);
    const outcome = await postAuth("sign-up/confirm", { token }, preferences().language);
    if (outcome.ok) return location.assign("/");
    setBusy(false);
    if (outcome.kind === "locked") setProblem(t`Too many tries. Wait a minute.`);
    else if (outcome.kind === "unreachable") setProblem(t`Headwater did not answer. Try again in a moment.`);
    else setProblem(outcome.message ?? t`This link is not valid any more.`);
  };
  return (
    <EntryPage title={t`Confirm your e-mail address`}>
      <Summary problem={problem} />
      <p>
        <Trans>One click, and your organisation is there.</Trans>
      </p>
      <button type="button" className="btn pri" aria-disabled={busy} onClick={() => void go()}>
        {busy ? <Trans>Making it…</Trans> : <Trans>Continue</Trans>}
      </button>
      <p className="sm dim">
        <Trans>
          Already have one? <Link href={to.signIn()}>Sign in</Link>
        </Trans>
      </p>
    </EntryPage>
  );
}
