import { Trans, useLingui } from "@lingui/react/macro";
import { Link } from "wouter";
import { to } from "../../routes.ts";
import type { AuthRefusal } from "./auth.ts";
import { EntryPage } from "./entry-page.tsx";
import { Summary } from "./summary.tsx";
import { useAuth } from "./use-auth.ts";

/** Where the link of the mail leads. A click makes the organisation: what merely opens links for a reader makes nothing. */
export function Confirm({ token }: { token: string }) {
  const { t } = useLingui();
  const words = ({ kind, message }: AuthRefusal): string => {
    if (kind === "locked") return t`Too many tries. Wait a minute.`;
    if (kind === "unreachable") return t`Headwater did not answer. Try again in a moment.`;
    return message ?? t`This link is not valid any more.`;
  };
  const { busy, problem, ask } = useAuth("sign-up/confirm", { words, onDone: () => location.assign("/") });
  return (
    <EntryPage title={t`Confirm your e-mail address`}>
      <Summary problem={problem} />
      <p>
        <Trans>One click, and your organisation is there.</Trans>
      </p>
      <button type="button" className="btn pri" aria-disabled={busy} onClick={() => ask({ token })}>
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
