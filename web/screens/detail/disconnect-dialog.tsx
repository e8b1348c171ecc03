import { Trans } from "@lingui/react/macro";
import { useState } from "react";
import { useLocation } from "wouter";
import { useFormat } from "../../language.tsx";
import type { LiveDatasource } from "../../live/live.documents.ts";
import { useLive } from "../../live/live.tsx";
import { useToldName } from "../../live/use-told-name.ts";
import { CloseButton, Dialog, DialogFoot } from "../../parts/dialog.tsx";
import { Glyph } from "../../parts/glyph.tsx";
import { OutsideLink } from "../../parts/outside-link.tsx";
import { comesInFiles, to } from "../../routes.ts";
import { useOnce } from "../../parts/use-once.ts";
import { usePlace } from "../../shell/organisation.tsx";
import { ProblemNote, type Told } from "../commands/problems.tsx";
import { AccessAfterUndo } from "../commands/undo-disconnect.tsx";
import { useCommands } from "../commands/use-commands.ts";
import { accountLine } from "../../live/account-line.ts";
import type { Rehearsal } from "./detail.documents.ts";
import { Alternatives } from "./alternatives.tsx";
import { type Rehearsed, useRehearsal, WhatStops } from "./rehearsal.tsx";
import { useTypedName } from "./typed-name.tsx";

interface DisconnectProps {
  datasource: LiveDatasource;
  onClose: () => void;
  onInstead: (asked: "stop" | "replace") => void;
}

/** A rehearsal: what stops, what is freed, what happens to the data, what stays at the provider. */
export function DisconnectDialog({ datasource, onClose, onInstead }: DisconnectProps) {
  const [, navigate] = useLocation();
  const { organisation } = usePlace();
  const commands = useCommands(datasource);
  const rehearsed = useRehearsal(datasource.id, "DISCONNECT");
  const { rehearsal } = rehearsed;
  const [deleteData, setDeleteData] = useState(false);
  const { busy, once } = useOnce();
  const [problem, setProblem] = useState<Told | null>(null);
  const typed = useTypedName(datasource);
  const name = useToldName(datasource);
  const disconnect = async (): Promise<"leaves" | void> => {
    const confirmName = deleteData ? typed.confirmed() : null;
    if (deleteData && confirmName === null) return;
    const outcome = await commands.disconnect({ deleteData, confirmName });
    if (!outcome.ok) return setProblem(outcome.problem);
    navigate(to.datasources(organisation.slug));
    return "leaves";
  };
  return (
    <Dialog className="dlg" role="alertdialog" labelledBy="disconnect-title" onClose={onClose}>
      <DisconnectHead datasource={datasource} rehearsal={rehearsal} onClose={onClose} />
      <form
        className="b"
        id="disconnect-form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          once(disconnect);
        }}
      >
        {problem && <ProblemNote problem={problem} />}
        <WhatStops rehearsed={rehearsed} />
        <DataChoice datasource={datasource} rehearsal={rehearsal} deleteData={deleteData} onChange={setDeleteData} />
        {deleteData && typed.field}
        <AtProvider datasource={datasource} rehearsed={rehearsed} />
        <p className="sm dim">
          {comesInFiles(datasource.platform.method) ? (
            <Trans>For 10 min Undo brings back data and settings.</Trans>
          ) : (
            <Trans>For 10 min Undo brings back data, settings and the slot if still free.</Trans>
          )}{" "}
          <AccessAfterUndo platform={datasource.platform} />
        </p>
      </form>
      <DialogFoot beside={<Alternatives datasource={datasource} rehearsal={rehearsal} onInstead={onInstead} />}>
        <button type="button" className="btn ghost" data-first onClick={onClose}>
          <Trans>Keep it connected</Trans>
        </button>
        <button type="submit" form="disconnect-form" className="btn danger" aria-disabled={busy}>
          <Trans>Disconnect {name}</Trans>
        </button>
      </DialogFoot>
    </Dialog>
  );
}

function DisconnectHead({
  datasource,
  rehearsal,
  onClose,
}: {
  datasource: LiveDatasource;
  rehearsal: Rehearsal | null;
  onClose: () => void;
}) {
  const { organisation: atStart } = usePlace();
  const { slots } = useLive((state) => state.organisation) ?? atStart;
  const name = useToldName(datasource);
  const { platform, account } = datasource;
  const after = Math.max(0, slots.used - 1);
  return (
    <div className="dh">
      <Glyph title={platform.title} category={platform.category} />
      <div className="grow">
        <h2 id="disconnect-title">
          <Trans>Disconnect {name}?</Trans>
        </h2>
        <p className="xs faint">
          {account && <span translate="no">{accountLine(account)}</span>}
          {rehearsal?.slotFreed && slots.allowance !== null && (
            <>
              {" · "}
              <Trans>
                frees one slot at once, {after} of {slots.allowance} used after this
              </Trans>
            </>
          )}
        </p>
      </div>
      <CloseButton onClose={onClose} />
    </div>
  );
}

interface DataChoiceProps {
  datasource: LiveDatasource;
  rehearsal: Rehearsal | null;
  deleteData: boolean;
  onChange: (deleteData: boolean) => void;
}

function DataChoice({ datasource, rehearsal, deleteData, onChange }: DataChoiceProps) {
  const format = useFormat();
  const { completeThrough, rowsTotal } = datasource;
  return (
    <fieldset>
      <legend>
        <Trans>Your data here</Trans>
      </legend>
      <div className="opts">
        <label className="opt">
          <input type="radio" name="data" checked={!deleteData} onChange={() => onChange(false)} />
          <span>
            <b>
              <Trans>Keep it</Trans>
            </b>
            <span className="xs dim block">
              {rehearsal?.dataKept ??
                (completeThrough ? (
                  <Trans>Numbers stay, frozen at {format.whenWithin(completeThrough)}</Trans>
                ) : (
                  <Trans>Numbers stay as they are</Trans>
                ))}
            </span>
          </span>
        </label>
        <label className="opt">
          <input type="radio" name="data" checked={deleteData} onChange={() => onChange(true)} />
          <span>
            <b>
              <Trans>Delete it</Trans>
            </b>
            <span className="xs dim block">
              <Trans>
                {format.count(rowsTotal)} rows are deleted once the ten minutes for Undo are over. You type the account
                name.
              </Trans>
            </span>
          </span>
        </label>
      </div>
    </fieldset>
  );
}

function AtProvider({ datasource, rehearsed }: { datasource: LiveDatasource; rehearsed: Rehearsed }) {
  const { rehearsal, error } = rehearsed;
  const { title, method } = datasource.platform;
  // Nobody elsewhere holds what came in files.
  if (error && !rehearsal && method === "FILE_UPLOAD") return null;
  return (
    <section className="sm dim">
      <h3 className="ink">
        <Trans>At {title}</Trans>
      </h3>
      <p>
        {rehearsal ? (
          rehearsal.atProvider
        ) : error ? (
          <Trans>
            Here its access ends at once; what becomes of it there could not be read. What {title} already holds stays
            under its policy.
          </Trans>
        ) : (
          <span className="fade wide" />
        )}{" "}
        {rehearsal?.policyUrl && (
          <OutsideLink href={rehearsal.policyUrl}>
            <Trans>Policy of {title}</Trans>
          </OutsideLink>
        )}
      </p>
    </section>
  );
}
