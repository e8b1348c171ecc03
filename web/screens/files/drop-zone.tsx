import { Trans, useLingui } from "@lingui/react/macro";
import { type DragEvent, useRef, useState } from "react";
import { useFormat } from "../../language.tsx";
import { Bar } from "../../parts/bar.tsx";
import { Icon } from "../../parts/icon.tsx";
import { ProblemNote } from "../commands/problems.tsx";
import type { Mode, Template } from "./files.documents.ts";
import type { Sending } from "./use-files.ts";
import { type LeftFile, sortGiven } from "./given-files.ts";
import { modes } from "./words.ts";

interface DropProps {
  sending: Sending;
  templates: readonly Template[];
  /** The largest file that is taken. */
  megabytes: number;
  onGive: (file: File, mode: Mode) => void;
}

const choices: readonly Mode[] = ["UPSERT", "REPLACE_RANGE", "REPLACE_ALL"];

/** A place to drop a file that is a button too; the file is read in full before anything of it is taken. */
export function DropZone({ sending, templates, megabytes, onGive }: DropProps) {
  const { t } = useLingui();
  const format = useFormat();
  const [mode, setMode] = useState<Mode>("UPSERT");
  const [isOver, setOver] = useState(false);
  const [left, setLeft] = useState<readonly LeftFile[]>([]);
  const input = useRef<HTMLInputElement>(null);
  const most = format.count(megabytes);
  const busy = sending.kind === "reading" || sending.kind === "sending";
  const give = (files: FileList | null): void => {
    if (!files || files.length === 0) return;
    const given = sortGiven([...files], { busy, megabytes });
    if (given.taken) onGive(given.taken, mode);
    setLeft(given.left);
  };
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    give(event.dataTransfer.files);
  };
  return (
    <section className="card pad" aria-labelledby="give">
      <h2 id="give">
        <Trans>Give a file</Trans>
      </h2>
      <ModeChoice mode={mode} onChange={setMode} />
      <button
        type="button"
        className={isOver ? "drop over" : "drop"}
        aria-disabled={busy}
        onClick={() => {
          if (!busy) input.current?.click();
        }}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        <Icon name="up" />
        <span>
          <b>
            <Trans>Choose a CSV file, or drop it here</Trans>
          </b>
          <span className="xs faint block">
            <Trans>Up to {most} MB, also as .gz. Nothing is taken before you have seen it.</Trans>
          </span>
        </span>
      </button>
      <input
        ref={input}
        type="file"
        hidden
        tabIndex={-1}
        aria-label={t`CSV file`}
        accept=".csv,.tsv,.txt,.gz,text/csv"
        onChange={(event) => {
          give(event.target.files);
          event.target.value = "";
        }}
      />
      <SendingLine sending={sending} />
      {left.length > 0 && <NotTaken left={left} most={most} onClose={() => setLeft([])} />}
      <Templates templates={templates} />
    </section>
  );
}

function Templates({ templates }: { templates: readonly Template[] }) {
  return (
    <p className="xs faint">
      <Trans>Templates:</Trans>{" "}
      {templates.map(({ name, title, url }, n) => (
        <span key={name}>
          {n > 0 && " · "}
          <a href={url} download>
            {title}
          </a>
        </span>
      ))}
    </p>
  );
}

function ModeChoice({ mode, onChange }: { mode: Mode; onChange: (mode: Mode) => void }) {
  const { t } = useLingui();
  return (
    <fieldset>
      <legend>
        <Trans>What it does to the costs already here</Trans>
      </legend>
      <div className="opts3">
        {choices.map((choice) => (
          <label key={choice} className="opt">
            <input type="radio" name="mode" checked={mode === choice} onChange={() => onChange(choice)} />
            <span>
              <b>{t(modes[choice].word)}</b>
              <span className="xs faint block">{t(modes[choice].says)}</span>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

function SendingLine({ sending }: { sending: Sending }) {
  switch (sending.kind) {
    case "idle":
      return null;
    case "reading":
      return (
        <p className="sm dim" role="status">
          <Trans>Reading {sending.filename}…</Trans>
        </p>
      );
    case "sending":
      return <SendingBar filename={sending.filename} percent={sending.percent} />;
    case "beyondBrowser":
      return (
        <p className="sm bad anywhere" role="alert">
          <Trans>
            {sending.filename} is more than this browser can hold at once. Pack it as .gz, split it, or let it be
            fetched from an address.
          </Trans>
        </p>
      );
    case "failed":
      return sending.problem ? (
        <ProblemNote problem={sending.problem} />
      ) : (
        <p className="sm bad" role="alert">
          <Trans>{sending.filename} did not arrive whole. Nothing of it was taken; choose it again.</Trans>
        </p>
      );
  }
}

interface NotTakenProps {
  left: readonly LeftFile[];
  most: string;
  onClose: () => void;
}

/** Stays until somebody has read it or gives again, whatever becomes of the one that was taken. */
function NotTaken({ left, most, onClose }: NotTakenProps) {
  const { t } = useLingui();
  const format = useFormat();
  const tooLarge = left.filter(({ because }) => because === "tooLarge");
  const later = left.filter(({ because }) => because === "oneAtATime");
  const names = format.list(later.map(({ filename }) => filename));
  return (
    <div className="note b" role="alert">
      <Icon name="warning" />
      <div className="grow anywhere">
        {tooLarge.map((file, n) => (
          <p key={n}>
            <Trans>
              {file.filename} is larger than it may be: {most} MB. Pack it as .gz, or split it.
            </Trans>
          </p>
        ))}
        {later.length > 0 && (
          <p>
            <Trans>
              Files are sent one at a time. Not taken: {names}. Once the one before has arrived, choose it here again.
            </Trans>
          </p>
        )}
      </div>
      <button type="button" className="iconb" aria-label={t`Close`} onClick={onClose}>
        <Icon name="close" />
      </button>
    </div>
  );
}

function SendingBar({ filename, percent }: { filename: string; percent: number }) {
  const { t } = useLingui();
  return (
    <div className="sm" role="status">
      <Trans>Sending {filename}</Trans>
      <Bar percent={percent} label={t`Sending ${filename}`} tone="live" />
    </div>
  );
}
