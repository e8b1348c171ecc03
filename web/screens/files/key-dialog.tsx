import { Trans, useLingui } from "@lingui/react/macro";
import { useEffect, useState } from "react";
import { useClient } from "urql";
import { newIdempotencyKey } from "../../client.ts";
import { Dialog, DialogFoot, DialogHead } from "../../parts/dialog.tsx";
import { Icon } from "../../parts/icon.tsx";
import { useOnce } from "../../parts/use-once.ts";
import { ProblemNote, type Told } from "../commands/problems.tsx";
import { send } from "../commands/use-commands.ts";
import { asksForKey } from "./feed-form.ts";
import { AgreeToHostKeyMutation, type Feed } from "./files.documents.ts";
import "./files.css";

interface KeyDialogProps {
  feed: Feed;
  onClose: () => void;
  onChanged: () => void;
}

const askEveryMs = 1_500;

/** The key that a server shows is agreed to by a person; nothing else is sent to the server before that. */
export function KeyDialog({ feed, onClose, onChanged }: KeyDialogProps) {
  const { t } = useLingui();
  const isKnown = asksForKey(feed);
  const hasFailed = feed.reason !== null && !isKnown;
  const isWaiting = !isKnown && !hasFailed;
  useEffect(() => {
    if (isKnown) return;
    const timer = setInterval(onChanged, askEveryMs);
    return () => clearInterval(timer);
  }, [isKnown, onChanged]);
  const { busy, problem, agree } = useAgree(feed, onClose, onChanged);
  return (
    <Dialog className="dlg" labelledBy="key-title" onClose={onClose}>
      <DialogHead id="key-title" onClose={onClose}>
        {feed.hostKey === null ? t`Is this the server's key?` : t`The server's key has changed`}
      </DialogHead>
      <div className="b hostkeys">
        {problem && <ProblemNote problem={problem} />}
        {isWaiting && (
          <p className="sm" role="status">
            <Trans>Asking {feed.host} for its key…</Trans>
          </p>
        )}
        {hasFailed && <p className="sm">{feed.reason?.message}</p>}
        {isKnown && <Keys feed={feed} />}
      </div>
      <DialogFoot>
        <button type="button" className="btn ghost" onClick={onClose}>
          {isKnown ? <Trans>Not now</Trans> : <Trans>Close</Trans>}
        </button>
        {isKnown && (
          <button type="button" className="btn pri" aria-disabled={busy} onClick={agree}>
            {feed.hostKey === null ? <Trans>It is the right key</Trans> : <Trans>Agree to the new key</Trans>}
          </button>
        )}
      </DialogFoot>
    </Dialog>
  );
}

function Keys({ feed: { host, hostKey, metHostKey } }: Pick<KeyDialogProps, "feed">) {
  const { t } = useLingui();
  const kind =
    (metHostKey ?? "")
      .split(" ")[0]
      ?.replace(/^ssh-/, "")
      .replace(/^ecdsa-.*/, "ecdsa") ?? "";
  return (
    <>
      {hostKey === null ? (
        <p className="sm">
          <Trans>{host} has shown this key. Nothing else is sent to it, no name and no secret, until you agree.</Trans>
        </p>
      ) : (
        <p className="sm row">
          <Icon name="warning" />
          <span>
            <Trans>
              {host} shows another key than before. It may have been set up anew, or somebody stands between. Nothing
              was sent to it.
            </Trans>
          </span>
        </p>
      )}
      {hostKey !== null && <Key label={t`Agreed to before`} text={hostKey} />}
      <Key label={hostKey === null ? t`Its key` : t`Shown now`} text={metHostKey ?? ""} />
      <div className="xs dim">
        <p>
          <Trans>Compare it with what its keeper tells you. On the server itself this prints it:</Trans>
        </p>
        <code translate="no">ssh-keygen -lf /etc/ssh/ssh_host_{kind}_key.pub</code>
      </div>
    </>
  );
}

function Key({ label, text }: { label: string; text: string }) {
  const [type, hash] = text.split(" ");
  return (
    <div className="keyline">
      <p className="xs faint">{label}</p>
      <p className="mono anywhere" translate="no">
        {hash} <span className="faint">{type}</span>
      </p>
    </div>
  );
}

function useAgree(feed: Feed, onClose: () => void, onChanged: () => void) {
  const client = useClient();
  const { busy, once } = useOnce();
  const [problem, setProblem] = useState<Told | null>(null);
  const agree = async (): Promise<void> => {
    if (feed.metHostKey === null) return;
    setProblem(null);
    const input = { feed: feed.id, hostKey: feed.metHostKey, idempotencyKey: newIdempotencyKey() };
    const outcome = await send(client, AgreeToHostKeyMutation, { input });
    onChanged();
    if (outcome.ok) onClose();
    else setProblem(outcome.problem);
  };
  return { busy, problem, agree: () => once(agree) };
}
