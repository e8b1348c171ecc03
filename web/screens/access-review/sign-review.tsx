import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { useClient } from "urql";
import { announce } from "../../parts/announcer.tsx";
import { Dialog, DialogHead, FormFoot } from "../../parts/dialog.tsx";
import { useOnce } from "../../parts/use-once.ts";
import { send } from "../commands/use-commands.ts";
import { PasswordField } from "../entry/password-field.tsx";
import { Summary } from "../entry/summary.tsx";
import { type AccessReview, SignAccessReviewMutation } from "./access-review.documents.ts";
import { decidedAs } from "./decided.ts";
import { useReread } from "./use-reread.ts";

/** Signed with one's password: a browser that was left open signs nothing. */
export function SignReview({ review, onClose }: { review: AccessReview; onClose: () => void }) {
  const { t } = useLingui();
  const client = useClient();
  const { busy, once } = useOnce();
  const reread = useReread();
  const [password, setPassword] = useState("");
  const [wrong, setWrong] = useState<string | null>(null);
  // What was opened is what is signed, whatever others decide meanwhile.
  const [{ seen, rows }] = useState(review);
  const open = rows.filter((row) => decidedAs(row) !== "KEEP").length;
  const sign = async (): Promise<void> => {
    setWrong(null);
    const outcome = await send(client, SignAccessReviewMutation, { input: { password, seen } });
    if (outcome.ok) {
      announce(t`The review is signed.`);
      return onClose();
    }
    reread();
    const { problem, fields } = outcome;
    const told = fields[0]?.message ?? ("message" in problem ? problem.message : null);
    setWrong(told ?? t`Headwater did not answer. Try again in a moment.`);
  };
  return (
    <Dialog className="dlg narrow" labelledBy="sign-title" onClose={onClose}>
      <DialogHead id="sign-title" onClose={onClose}>
        <Trans>Sign the access review?</Trans>
      </DialogHead>
      <form
        className="b"
        id="sign-form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          once(sign);
        }}
      >
        <Summary problem={wrong} />
        <p className="sm">
          <Trans>What you decided is kept as a record that nobody can change.</Trans>
        </p>
        {open > 0 && (
          <p className="sm warn">
            <Plural
              value={open}
              one="# decision is still to be carried out: signing does not do it."
              other="# decisions are still to be carried out: signing does not do it."
            />
          </p>
        )}
        <PasswordField value={password} onChange={setPassword} autoComplete="current-password" />
      </form>
      <FormFoot form="sign-form" busy={busy} onCancel={onClose}>
        {busy ? <Trans>Signing…</Trans> : <Trans>Sign the review</Trans>}
      </FormFoot>
    </Dialog>
  );
}
