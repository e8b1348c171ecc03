import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { Dialog, DialogFoot, DialogHead, FormFoot } from "../../parts/dialog.tsx";
import { NewPasswordField, PasswordField } from "./password-field.tsx";
import { Summary } from "./summary.tsx";
import { useAuth, useToldWords } from "./use-auth.ts";

/** One's own; whoever changes it knows the current one. Everywhere else the person is signed out. */
export function ChangePassword({ onClose }: { onClose: () => void }) {
  const [done, setDone] = useState(false);
  return (
    <Dialog className="dlg narrow" labelledBy="password-title" onClose={onClose}>
      <DialogHead id="password-title" onClose={onClose}>
        <Trans>Change your password</Trans>
      </DialogHead>
      {done ? (
        <>
          <p className="b" role="status">
            <Trans>Your password is changed. Everywhere else you were signed out.</Trans>
          </p>
          <DialogFoot>
            <button type="button" className="btn pri" onClick={onClose}>
              <Trans>Close</Trans>
            </button>
          </DialogFoot>
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
  const { busy, problem, ask } = useAuth("change-password", { words: useToldWords(), onDone });
  return (
    <>
      <form
        className="b"
        id="password-form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          ask({ current, next });
        }}
      >
        <Summary problem={problem} />
        <PasswordField
          label={t`Current password`}
          value={current}
          onChange={setCurrent}
          autoComplete="current-password"
        />
        <NewPasswordField value={next} onChange={setNext} />
      </form>
      <FormFoot form="password-form" busy={busy} onCancel={onCancel}>
        {busy ? <Trans>Changing…</Trans> : <Trans>Change the password</Trans>}
      </FormFoot>
    </>
  );
}
