import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { useClient } from "urql";
import { newIdempotencyKey } from "../../client.ts";
import { useFormat } from "../../language.tsx";
import { Dialog, DialogFoot, DialogHead } from "../../parts/dialog.tsx";
import { ProblemNote, type Told } from "../commands/problems.tsx";
import { send } from "../commands/use-commands.ts";
import { RevokeTokenMutation, type Token } from "./tokens.documents.ts";

/** Says who called last before it ends it. */
export function RevokeToken({ token, onClose }: { token: Token; onClose: (changed: boolean) => void }) {
  const { t } = useLingui();
  const client = useClient();
  const format = useFormat();
  const [problem, setProblem] = useState<Told | null>(null);
  const revoke = async (): Promise<void> => {
    const outcome = await send(client, RevokeTokenMutation, {
      input: { token: token.id, idempotencyKey: newIdempotencyKey() },
    });
    if (outcome.ok) onClose(true);
    else setProblem(outcome.problem);
  };
  const { name, lastUsedAt, lastUsedFrom } = token;
  return (
    <Dialog className="dlg narrow" role="alertdialog" labelledBy="revoke-title" onClose={() => onClose(false)}>
      <DialogHead id="revoke-title" onClose={() => onClose(false)}>
        {t`Revoke ${name}?`}
      </DialogHead>
      <div className="b">
        {problem && <ProblemNote problem={problem} />}
        <p className="sm dim">
          {lastUsedAt ? (
            lastUsedFrom ? (
              <Trans>
                It last called {format.ago(lastUsedAt)} from {lastUsedFrom}. That tool is refused from now on.
              </Trans>
            ) : (
              <Trans>It last called {format.ago(lastUsedAt)}. That tool is refused from now on.</Trans>
            )
          ) : (
            <Trans>It was never used.</Trans>
          )}
        </p>
      </div>
      <DialogFoot>
        <button type="button" className="btn ghost" data-first onClick={() => onClose(false)}>
          <Trans>Keep it</Trans>
        </button>
        <button type="button" className="btn danger" onClick={() => void revoke()}>
          <Trans>Revoke {name}</Trans>
        </button>
      </DialogFoot>
    </Dialog>
  );
}
