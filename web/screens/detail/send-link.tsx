import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { useClient } from "urql";
import { newIdempotencyKey } from "../../client.ts";
import { useFormat } from "../../language.tsx";
import type { LiveDatasource } from "../../live/live.documents.ts";
import { useToldName } from "../../live/use-told-name.ts";
import { announce } from "../../parts/announcer.tsx";
import { Copyable } from "../../parts/copyable.tsx";
import { Dialog, DialogFoot, DialogHead, FormFoot } from "../../parts/dialog.tsx";
import { Field } from "../../parts/field.tsx";
import { useOnce } from "../../parts/use-once.ts";
import { ProblemNote, type Told } from "../commands/problems.tsx";
import { send } from "../commands/use-commands.ts";
import { type ReauthorizeLink, SendLinkMutation } from "./links.documents.ts";

interface SendProps {
  datasource: LiveDatasource;
  onSent: () => void;
  onClose: () => void;
}

interface Sent {
  link: ReauthorizeLink;
  url: string | null;
}

/** To whom, what they will see, how long it works; the address is told here once. */
export function SendLinkDialog({ datasource, onSent, onClose }: SendProps) {
  const { t } = useLingui();
  const client = useClient();
  const name = useToldName(datasource);
  const [email, setEmail] = useState("");
  const { busy, once } = useOnce();
  const [error, setError] = useState<string | null>(null);
  const [problem, setProblem] = useState<Told | null>(null);
  const [sent, setSent] = useState<Sent | null>(null);
  const submit = async (): Promise<void> => {
    if (!email.includes("@")) return setError(t`Type the e-mail address of whoever holds the sign-in.`);
    setProblem(null);
    const input = { datasource: datasource.id, email: email.trim(), idempotencyKey: newIdempotencyKey() };
    const outcome = await send(client, SendLinkMutation, { input });
    if (!outcome.ok) {
      if (outcome.fields[0]) setError(outcome.fields[0].message);
      else setProblem(outcome.problem);
      return;
    }
    if (outcome.result.__typename !== "CreateReauthorizeLinkSuccess") return;
    announce(t`The link is sent.`);
    setSent({ link: outcome.result.link, url: outcome.result.url });
    onSent();
  };
  return (
    <Dialog className="dlg narrow" labelledBy="send-title" onClose={onClose}>
      <DialogHead id="send-title" onClose={onClose}>
        {sent ? <Trans>The link is sent</Trans> : <Trans>Send a link for {name}</Trans>}
      </DialogHead>
      {sent ? (
        <SentView sent={sent} onClose={onClose} />
      ) : (
        <>
          <form
            className="b"
            id="send-form"
            noValidate
            onSubmit={(event) => {
              event.preventDefault();
              once(submit);
            }}
          >
            {problem && <ProblemNote problem={problem} />}
            <Field
              label={t`E-mail of whoever holds the sign-in`}
              name="email"
              type="email"
              inputMode="email"
              autoComplete="off"
              data-first
              value={email}
              error={error}
              onChange={(event) => {
                setEmail(event.target.value);
                setError(null);
              }}
            />
            <WhatTheySee datasource={datasource} />
          </form>
          <FormFoot form="send-form" busy={busy} onCancel={onClose}>
            {busy ? <Trans>Sending…</Trans> : <Trans>Send the link</Trans>}
          </FormFoot>
        </>
      )}
    </Dialog>
  );
}

function WhatTheySee({ datasource: { platform, account } }: { datasource: LiveDatasource }) {
  const named = account?.name ?? platform.title;
  return (
    <ul className="bullets sm dim">
      <li>
        <Trans>It works once, for 72 hours, and can be taken back at any time.</Trans>
      </li>
      <li>
        <Trans>
          They need their own sign-in at {platform.title}, and no account here. The page says what to have at hand and
          what is read.
        </Trans>
      </li>
      <li>
        <Trans>Only a sign-in that reaches {named} counts; nothing else of your brand is shown.</Trans>
      </li>
    </ul>
  );
}

export function SentView({ sent: { link, url }, onClose }: { sent: Sent; onClose: () => void }) {
  const { t } = useLingui();
  const format = useFormat();
  return (
    <>
      <div className="b">
        <p className="sm">
          <Trans>
            Mailed to <b translate="no">{link.to}</b>. It works once, until {format.whenWithin(link.expiresAt)}.
          </Trans>
        </p>
        {url && (
          <Copyable
            title={t`Or hand it over yourself: it is shown this once`}
            label={t`Address of the link`}
            text={url}
          />
        )}
      </div>
      <DialogFoot>
        <button type="button" className="btn pri" onClick={onClose}>
          <Trans comment="closes what was read">Done</Trans>
        </button>
      </DialogFoot>
    </>
  );
}
