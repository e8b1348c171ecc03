import { Trans, useLingui } from "@lingui/react/macro";
import { useRef, useState } from "react";
import { useFormat } from "../../language.tsx";
import { Field } from "../../parts/field.tsx";
import { Icon } from "../../parts/icon.tsx";
import { isForInputMethod } from "../../parts/input-method.ts";
import { type Cell, type Corrected, type Correction, keyOf, toBeginFrom } from "./corrections.ts";

interface PutRightProps {
  cell: Cell;
  /** What stood there. */
  found: string;
  nearest: string | null;
  /** What it will be read as; null while nothing is said. */
  value: string | null;
  onCorrect: (correction: Correction) => void;
}

/** One wrong cell, put right beside what is wrong with it: by the nearest known word, or by what a person types. */
export function PutRight({ cell, found, nearest, value, onCorrect }: PutRightProps) {
  const [isTyping, setTyping] = useState(false);
  const opener = useRef<HTMLButtonElement>(null);
  const close = (): void => {
    setTyping(false);
    // The field takes the focus with it as it goes.
    requestAnimationFrame(() => opener.current?.focus());
  };
  const say = (next: string | null): void => {
    // The button that said it may go: what can be said next stands beside it.
    opener.current?.focus();
    onCorrect({ ...cell, value: next });
  };
  if (isTyping)
    return (
      <Typing
        cell={cell}
        first={value ?? nearest ?? toBeginFrom(found)}
        onClose={close}
        onSaid={(next) => {
          say(next);
          close();
        }}
      />
    );
  return (
    <span className="row wrap fix">
      {nearest && value === null && (
        <>
          <span>
            <Trans>
              Nearest:{" "}
              <code className="anywhere" translate="no">
                {nearest}
              </code>
            </Trans>
          </span>
          <button type="button" className="btn s" onClick={() => say(nearest)}>
            <Trans>Use {nearest}</Trans>
          </button>
        </>
      )}
      {value !== null && (
        <span className="st ok">
          <Icon name="tick" />
          <span>
            <Trans>
              Read as{" "}
              <code className="anywhere" translate="no">
                {value}
              </code>
            </Trans>
          </span>
        </span>
      )}
      <button ref={opener} type="button" className="btn s" onClick={() => setTyping(true)}>
        {value === null ? <Trans>Put right</Trans> : <Trans>Change</Trans>} <ForCell cell={cell} />
      </button>
      {value !== null && (
        <button type="button" className="btn s ghost" onClick={() => say(null)}>
          <Trans>Take back</Trans> <ForCell cell={cell} />
        </button>
      )}
    </span>
  );
}

/** Names the object of a button to whoever does not see where it stands. */
function ForCell({ cell }: { cell: Cell }) {
  return (
    <span className="vh">
      <CellName cell={cell} />
    </span>
  );
}

function CellName({ cell: { column, line, was } }: { cell: Cell }) {
  const format = useFormat();
  if (line === null)
    return (
      <Trans comment="a column of a file, and what its cells say">
        {column}, wherever it says {was}
      </Trans>
    );
  return (
    <Trans>
      Line {format.count(Number(line))}, {column}
    </Trans>
  );
}

interface TypingProps {
  cell: Cell;
  first: string;
  onSaid: (value: string) => void;
  onClose: () => void;
}

function Typing({ cell, first, onSaid, onClose }: TypingProps) {
  const { t } = useLingui();
  const [text, setText] = useState(first);
  const [isAsked, setAsked] = useState(false);
  const isSaid = text.trim() !== "";
  return (
    <form
      className="row wrap fix"
      onSubmit={(event) => {
        event.preventDefault();
        setAsked(true);
        if (isSaid) onSaid(text.trim());
      }}
      onKeyDown={(event) => {
        if (event.key === "Escape" && !isForInputMethod(event.nativeEvent)) onClose();
      }}
    >
      <Field
        label={<CellName cell={cell} />}
        value={text}
        maxLength={255}
        autoComplete="off"
        spellCheck={false}
        autoFocus
        onFocus={(event) => event.target.select()}
        onChange={(event) => setText(event.target.value)}
        error={isAsked && !isSaid ? t`Write what it should say.` : undefined}
      />
      <button type="submit" className="btn s" aria-disabled={!isSaid}>
        <Trans>Put right</Trans>
      </button>
      <button type="button" className="btn s ghost" onClick={onClose}>
        <Trans>Cancel</Trans>
      </button>
    </form>
  );
}

interface PutRightBeforeProps {
  corrections: readonly Corrected[];
  busy: boolean;
  onTakeBack: (correction: Correction) => void;
}

/** What was put right already: the file is shown as it is read with that. */
export function PutRightBefore({ corrections, busy, onTakeBack }: PutRightBeforeProps) {
  if (corrections.length === 0) return null;
  return (
    <div>
      <h3>
        <Trans>Put right so far</Trans>
      </h3>
      <p className="xs faint">
        <Trans>This is how the file is read now. The file itself stays as it came.</Trans>
      </p>
      <ul className="ls put">
        {corrections.map(({ value, ...cell }) => (
          <li key={keyOf(cell)}>
            <span className="grow anywhere">
              <CellName cell={cell} /> <span aria-hidden="true">→</span> <code translate="no">{value}</code>
            </span>
            <button
              type="button"
              className="btn s ghost"
              aria-disabled={busy}
              onClick={() => !busy && onTakeBack({ ...cell, value: null })}
            >
              <Trans>Take back</Trans> <ForCell cell={cell} />
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
