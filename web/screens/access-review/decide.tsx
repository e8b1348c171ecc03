import type { MessageDescriptor } from "@lingui/core";
import { msg } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { type ReactNode, useState } from "react";
import { useClient } from "urql";
import { Ago } from "../../parts/time.tsx";
import { useOnce } from "../../parts/use-once.ts";
import { preferences } from "../../preferences.ts";
import { send } from "../commands/use-commands.ts";
import { DecideAccessMutation, type ReviewRow } from "./access-review.documents.ts";
import { type Choice, choiceOf, decidedAs } from "./decided.ts";
import { useReread } from "./use-reread.ts";

const choiceWords: Readonly<Record<Choice, MessageDescriptor>> = {
  KEEP: msg({ message: "Keep", comment: "an access to the data" }),
  REDUCE: msg({ message: "Reduce", comment: "an access to the data: fewer scopes" }),
  ROTATE: msg({ message: "Rotate", comment: "a key: a new one in its place" }),
  REVOKE: msg({ message: "Revoke", comment: "an access to the data" }),
};

interface DecideProps {
  row: ReviewRow;
  /** Which access, for whoever hears the buttons without the row. */
  what: string;
  /** Where what was decided is done; a decision does nothing by itself. */
  children?: ReactNode;
}

/** One access of the review, as a line of its list: decided with its buttons, or with a key while it has the focus. */
export function Decide({ row, what, children }: DecideProps) {
  const { t } = useLingui();
  const { wrong, decide } = useDecide(row);
  const { choices, decision } = row;
  const chosen = decidedAs(row);
  return (
    <div className="verdict">
      <div
        className="seg"
        role="group"
        aria-label={t`Decide on ${what}`}
        onKeyDown={(event) => {
          if (!preferences().shortcuts || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
          const choice = choiceOf(event.code, row);
          if (choice === null) return;
          // The same key means something else to the page.
          event.stopPropagation();
          event.preventDefault();
          decide(choice, decision?.note ?? "");
        }}
      >
        {choices.map((choice) => (
          <button
            key={choice}
            type="button"
            aria-pressed={choice === chosen}
            onClick={() => decide(choice, decision?.note ?? "")}
          >
            {t(choiceWords[choice])}
          </button>
        ))}
      </div>
      {wrong && (
        <p className="xs bad" role="alert">
          {wrong}
        </p>
      )}
      {decision && (
        <Decided decision={decision} what={what} onNote={(note) => decide(decision.choice, note)}>
          {children}
        </Decided>
      )}
    </div>
  );
}

interface DecidedProps {
  decision: NonNullable<ReviewRow["decision"]>;
  what: string;
  onNote: (note: string) => void;
  children: ReactNode;
}

function Decided({ decision: { by, at, note, isOutdated }, what, onNote, children }: DecidedProps) {
  const [isOpen, setOpen] = useState(false);
  if (isOutdated)
    return (
      <p className="xs warn">
        <Trans>Changed since it was decided: decide again.</Trans>
      </p>
    );
  return (
    <>
      {children && <p className="xs">{children}</p>}
      <p className="xs faint">
        {by.name}, <Ago at={at} />
        {note && !isOpen && <> · {note}</>}
        {!isOpen && (
          <>
            {" · "}
            <button type="button" className="link xs" onClick={() => setOpen(true)}>
              {note ? <Trans>Change the note</Trans> : <Trans>Add a note</Trans>}
              <span className="vh">, {what}</span>
            </button>
          </>
        )}
      </p>
      {isOpen && (
        <Note
          note={note}
          what={what}
          onDone={(typed) => {
            setOpen(false);
            if (typed !== note) onNote(typed);
          }}
        />
      )}
    </>
  );
}

interface NoteProps {
  note: string;
  what: string;
  onDone: (note: string) => void;
}

const noteLongest = 500;

function Note({ note, what, onDone }: NoteProps) {
  const { t } = useLingui();
  const [typed, setTyped] = useState(note);
  return (
    <form
      className="row"
      onSubmit={(event) => {
        event.preventDefault();
        onDone(typed.trim());
      }}
    >
      <span className="inp grow">
        <input
          // oxlint-disable-next-line jsx-a11y/no-autofocus -- it opens where its button was
          autoFocus
          aria-label={t`Note on ${what}`}
          maxLength={noteLongest}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "Escape") onDone(note);
          }}
        />
      </span>
      <button type="submit" className="btn s">
        <Trans>Save</Trans>
      </button>
    </form>
  );
}

function useDecide({ id, seen }: ReviewRow) {
  const { t } = useLingui();
  const client = useClient();
  const { once } = useOnce();
  const reread = useReread();
  const [wrong, setWrong] = useState<string | null>(null);
  const decide = async (choice: Choice, note: string): Promise<void> => {
    const outcome = await send(client, DecideAccessMutation, { input: { row: id, seen, choice, note } });
    if (outcome.ok) return setWrong(null);
    reread();
    const { problem, fields } = outcome;
    const told = fields[0]?.message ?? ("message" in problem ? problem.message : null);
    setWrong(told ?? t`Headwater did not answer. Nothing was changed.`);
  };
  return { wrong, decide: (choice: Choice, note: string) => once(() => decide(choice, note)) };
}
