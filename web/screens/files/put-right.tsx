import { Trans, useLingui } from "@lingui/react/macro";
import { useRef, useState } from "react";
import { useFormat } from "../../language.tsx";
import { Field } from "../../parts/field.tsx";
import { Icon } from "../../parts/icon.tsx";
import { isForInputMethod } from "../../parts/input-method.ts";
import { Select } from "../../parts/select.tsx";
import { type Cell, type Corrected, type Correction, keyOf, toBeginFrom } from "./corrections.ts";
import { isText, useDraft } from "../../shell/use-draft.ts";
import { costTypes, inWords } from "./words.ts";

interface PutRightProps {
  upload: string;
  /** Where it was found: a word of a column stands on many lines, and is typed on one. */
  line: string;
  cell: Cell;
  /** All that it takes; null where it is typed. */
  taken: readonly string[] | null;
  /** What stood there. */
  found: string;
  nearest: string | null;
  /** What it will be read as; null while nothing is said. */
  value: string | null;
  onCorrect: (correction: Correction) => void;
}

/** One wrong cell, put right beside what is wrong with it: by the nearest known word, or by what a person types. */
export function PutRight({ upload, line, cell, taken, found, nearest, value, onCorrect }: PutRightProps) {
  const [typed, setTyped] = useDraft(upload, `typing.${line}.${keyOf(cell)}`, isText);
  const [isOpened, setOpened] = useState(false);
  const opener = useRef<HTMLButtonElement>(null);
  const close = (): void => {
    setTyped(null);
    // The field takes the focus with it as it goes.
    requestAnimationFrame(() => opener.current?.focus());
  };
  const open = (): void => {
    setOpened(true);
    setTyped(value ?? nearest ?? toBeginFrom(found));
  };
  const say = (next: string | null): void => {
    // The button that said it may go: what can be said next stands beside it.
    opener.current?.focus();
    onCorrect({ ...cell, value: next });
  };
  if (typed !== null)
    return (
      <Typing
        cell={cell}
        taken={taken}
        text={typed}
        takesFocus={isOpened}
        onType={setTyped}
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
      {value !== null && <ReadAs value={value} />}
      <button ref={opener} type="button" className="btn s" onClick={open}>
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

function ReadAs({ value }: { value: string }) {
  return (
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

interface TypingProps extends Pick<PutRightProps, "cell" | "taken"> {
  text: string;
  /** A person has just opened it. */
  takesFocus: boolean;
  onType: (text: string) => void;
  onSaid: (value: string) => void;
  onClose: () => void;
}

function Typing({ cell, taken, text, takesFocus, onType, onSaid, onClose }: TypingProps) {
  const { t, i18n } = useLingui();
  const [isAsked, setAsked] = useState(false);
  const isSaid = taken ? taken.includes(text) : text.trim() !== "";
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
      {taken ? (
        <Select
          label={<CellName cell={cell} />}
          value={isSaid ? text : ""}
          options={[
            { value: "", label: t`Choose a kind of cost` },
            ...taken.map((type) => ({ value: type, label: inWords(i18n, costTypes, type) })),
          ]}
          autoFocus={takesFocus}
          onChange={onType}
        />
      ) : (
        <Field
          label={<CellName cell={cell} />}
          value={text}
          maxLength={255}
          autoComplete="off"
          spellCheck={false}
          autoFocus={takesFocus}
          onFocus={(event) => event.target.select()}
          onChange={(event) => onType(event.target.value)}
          error={isAsked && !isSaid ? t`Write what it should say.` : undefined}
        />
      )}
      <button type="submit" className="btn s" aria-disabled={!isSaid}>
        <Trans>Put right</Trans>
      </button>
      <button type="button" className="btn s ghost" onClick={onClose}>
        <Trans>Cancel</Trans>
      </button>
    </form>
  );
}

interface PutRightListProps {
  corrections: readonly Corrected[];
  busy: boolean;
  onTakeBack: (correction: Correction) => void;
}

/** What was put right already: the file is shown as it is read with that. */
export function PutRightBefore(props: PutRightListProps) {
  if (props.corrections.length === 0) return null;
  return (
    <div>
      <h3>
        <Trans>Put right so far</Trans>
      </h3>
      <p className="xs faint">
        <Trans>This is how the file is read now. The file itself stays as it came.</Trans>
      </p>
      <PutRightList {...props} />
    </div>
  );
}

/** What goes along when it is read again, where nothing else on the page shows it. */
export function PutRightUnsent(props: PutRightListProps) {
  if (props.corrections.length === 0) return null;
  return (
    <div>
      <h3>{props.busy ? <Trans>Put right, being read now</Trans> : <Trans>Put right and not sent yet</Trans>}</h3>
      <PutRightList {...props} />
    </div>
  );
}

function PutRightList({ corrections, busy, onTakeBack }: PutRightListProps) {
  return (
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
  );
}
