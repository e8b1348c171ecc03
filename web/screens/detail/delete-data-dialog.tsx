import { Plural, Trans } from "@lingui/react/macro";
import { useState } from "react";
import { useQuery } from "urql";
import { useFormat } from "../../language.tsx";
import { accountLine } from "../../live/account-line.ts";
import type { LiveDatasource } from "../../live/live.documents.ts";
import { useToldName } from "../../live/use-told-name.ts";
import { CloseButton, Dialog, DialogFoot } from "../../parts/dialog.tsx";
import { Glyph } from "../../parts/glyph.tsx";
import { Icon } from "../../parts/icon.tsx";
import { LoadFailed } from "../../parts/states.tsx";
import { useOnce } from "../../parts/use-once.ts";
import { ProblemNote, type Told } from "../commands/problems.tsx";
import { useCommands } from "../commands/use-commands.ts";
import { EndedQuery } from "../ended/ended.documents.ts";
import { addDays } from "../overview/ranges.ts";
import { daysHeld } from "./days-held.ts";
import { type Rehearsed, useRehearsal } from "./rehearsal.tsx";
import { useTypedName } from "./typed-name.tsx";
import "./rehearsal.css";

interface DialogProps {
  datasource: LiveDatasource;
  onClose: () => void;
}

/** What a disconnect kept: which rows and days go, and which tiles change, before it goes for good. */
export function DeleteDataDialog({ datasource, onClose }: DialogProps) {
  const commands = useCommands(datasource);
  const { busy, once } = useOnce();
  const [problem, setProblem] = useState<Told | null>(null);
  const typed = useTypedName(datasource);
  const name = useToldName(datasource);
  const deleteData = async (): Promise<void> => {
    const confirmName = typed.confirmed();
    if (confirmName === null) return;
    const outcome = await commands.deleteData(confirmName);
    if (outcome.ok) onClose();
    else setProblem(outcome.problem);
  };
  return (
    <Dialog className="dlg" role="alertdialog" labelledBy="delete-title" onClose={onClose}>
      <DeleteHead datasource={datasource} onClose={onClose} />
      <form
        className="b"
        id="delete-form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          once(deleteData);
        }}
      >
        {problem && <ProblemNote problem={problem} />}
        <WhatGoes datasource={datasource} rehearsed={useRehearsal(datasource.id, "DISCONNECT")} />
        <div className="note b">
          <Icon name="warning" />
          <p>
            <Trans>It cannot be undone.</Trans>
          </p>
        </div>
        {typed.field}
      </form>
      <DialogFoot>
        <button type="button" className="btn ghost" data-first onClick={onClose}>
          <Trans>Keep its data</Trans>
        </button>
        <button type="submit" form="delete-form" className="btn danger" aria-disabled={busy}>
          <Trans>Delete the data of {name}</Trans>
        </button>
      </DialogFoot>
    </Dialog>
  );
}

function DeleteHead({ datasource, onClose }: DialogProps) {
  const name = useToldName(datasource);
  const { account, platform } = datasource;
  return (
    <div className="dh">
      <Glyph title={platform.title} category={platform.category} />
      <div className="grow">
        <h2 id="delete-title">
          <Trans>Delete the data of {name}?</Trans>
        </h2>
        {account && (
          <p className="xs faint" translate="no">
            {accountLine(account)}
          </p>
        )}
      </div>
      <CloseButton onClose={onClose} />
    </div>
  );
}

function WhatGoes({ datasource, rehearsed }: { datasource: LiveDatasource; rehearsed: Rehearsed }) {
  const format = useFormat();
  const { rehearsal, error, again } = rehearsed;
  const rows = format.count(datasource.rowsTotal);
  const days = daysHeld(datasource.streams);
  const from = days && format.day(days.from, { year: true });
  const to = days && format.day(days.to, { year: true });
  const tiles = rehearsal?.dependents.filter(({ kind }) => kind === "TILE") ?? [];
  return (
    <section className="stops">
      <h3>
        <Trans>What goes</Trans>
      </h3>
      <ul className="ls">
        <li>
          <Icon name="file" />
          <span>
            <Plural value={Number(datasource.rowsTotal)} one={`${rows} row`} other={`${rows} rows`} />
          </span>
        </li>
        {days && (
          <li>
            <Icon name="calendar" />
            <span>
              <Trans>
                The days from {from} to {to}
              </Trans>
            </span>
          </li>
        )}
        {tiles.length > 0 && (
          <li>
            <Icon name="pulse" />
            <span>
              <b>
                <Trans>These tiles change</Trans>
              </b>{" "}
              <span className="dim">{format.list(tiles.map(({ name }) => name))}</span>
            </span>
          </li>
        )}
        <DaysLost id={datasource.id} />
        {!rehearsal && !error && (
          <li>
            <span className="fade wide" />
          </li>
        )}
      </ul>
      {!rehearsal && error && (
        <LoadFailed error={error} onRetry={again} what={<Trans>Which tiles change could not be read.</Trans>} />
      )}
    </section>
  );
}

/** Of what another took the place of: its days stay on the Overview for as long as its data does, and nobody else has them. */
function DaysLost({ id }: { id: string }) {
  const format = useFormat();
  const [{ data }] = useQuery({ query: EndedQuery, variables: { id } });
  const ended = data?.datasource;
  if (!ended?.replacedBy || ended.countsUntil === null) return null;
  const last = format.day(addDays(ended.countsUntil, -1), { year: true });
  const from = format.day(ended.countsUntil, { year: true });
  const taker = ended.replacedBy.name;
  return (
    <li>
      <Icon name="warning" />
      <span>
        <Trans>
          On the Overview its days up to {last} become empty: {taker}, which replaced it, counts from {from} on.
        </Trans>
      </span>
    </li>
  );
}
