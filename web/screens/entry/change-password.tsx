import { Trans, useLingui } from "@lingui/react/macro";
import { type FormEvent, useState } from "react";
import { CloseButton, Dialog } from "../../parts/dialog.tsx";
import { preferences } from "../../preferences.ts";
import { type AuthOutcome, postAuth } from "./auth.ts";
import { PasswordField } from "./password-field.tsx";
import { Summary } from "./summary.tsx";

/** One's own; whoever changes it knows the current one. Everywhere else the person is signed out. */
export function ChangePassword({ onClose }: { onClose: () => void }) {
  const [done, setDone] = useState(false);
  return (
    <Dialog className="dlg narrow" labelledBy="password-title" onClose={onClose}>
      <div className="dh">
        <h2 id="password-title" className="grow">
          <Trans>Change your password</Trans>
        </h2>
        <CloseButton onClose={onClose} />
      </div>
      {done ? (
        <>
          <p className="b" role="status">
            <Trans>Your password is changed. Everywhere else you were signed out.</Trans>
          </p>
          <div className="df">
            <span className="grow" />
            <button type="button" className="btn pri" onClick={onClose}>
              <Trans>Close</Trans>
            </button>
          </div>
        </>
      ) : (
        <ChangeForm onDone={() => setDone(true)} onCancel={onClose} />
      )}
    </Dialog>
  );
}

function ChangeForm({ onDone, onCancel }: { onDone: () => void; onCancel: () => void }) {
  const { t } = useLingui();
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const told = ({ message }: Exclude<AuthOutcome, { ok: true }>): string =>
    message ?? t`Headwater did not answer. Try again in a moment.`;
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    const outcome = await postAuth("change-password", { current, next }, preferences().language);
    setBusy(false);
    if (outcome.ok) return onDone();
    setProblem(told(outcome));
  };
  return (
    <>
      <form className="b" id="password-form" noValidate onSubmit={(event) => void submit(event)}>
        <Summary problem={problem} />
        <PasswordField
          label={t`Current password`}
          value={current}
          onChange={setCurrent}
          autoComplete="current-password"
        />
        <PasswordField
          label={t`New password`}
          value={next}
          onChange={setNext}
          autoComplete="new-password"
          hint={t`At least 12 characters; a short sentence is easiest to keep.`}
        />
      </form>
      <div className="df">
        <span className="grow" />
        <button type="button" className="btn ghost" onClick={onCancel}>
          <Trans>Cancel</Trans>
        </button>
        <button type="submit" form="password-form" className="btn pri" aria-disabled={busy}>
          {busy ? <Trans>Changing…</Trans> : <Trans>Change the password</Trans>}
        </button>
      </div>
    </>
  );
}
