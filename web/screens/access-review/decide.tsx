import type { MessageDescriptor } from "@lingui/core";
import { msg } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { type ReactNode, useState } from "react";
import { useClient } from "urql";
import { announce } from "../../parts/announcer.tsx";
import { Ago } from "../../parts/time.tsx";
import { useOnce } from "../../parts/use-once.ts";
import { preferences } from "../../preferences.ts";
import { send } from "../commands/use-commands.ts";
import { DecideAccessMutation, type ReviewRow } from "./access-review.documents.ts";
import { type Choice, choiceOf, decidedAs } from "./decided.ts";
import { partByPart } from "./part-by-part.ts";
import { useReread } from "./use-reread.ts";

export const choiceWords: Readonly<Record<Choice, MessageDescriptor>> = {
  KEEP: msg({ message: "Keep", comment: "an access to the data" }),
  REDUCE: msg({ message: "Reduce", comment: "an access to the data: fewer scopes" }),
  ROTATE: msg({ message: "Rotate", comment: "a key: a new one in its place" }),
  REVOKE: msg({ message: "Revoke", comment: "an access to the data" }),
};

type Verdict = Pick<NonNullable<ReviewRow["decision"]>, "choice" | "note">;

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
  const { wrong, decide } = useDecide(row, what);
  const { choices, decision } = row;
  const chosen = decidedAs(row);
  const choose = (choice: Choice) => decide(decision ?? { choice, note: "" }, { choice });
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
          void choose(choice);
        }}
      >
        {choices.map((choice) => (
          <button key={choice} type="button" aria-pressed={choice === chosen} onClick={() => void choose(choice)}>
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
        <Decided decision={decision} what={what} onNote={(note) => decide(decision, { note })}>
          {children}
        </Decided>
      )}
    </div>
  );
}

interface DecidedProps {
  decision: NonNullable<ReviewRow["decision"]>;
  what: string;
  /** Whether it is kept. */
  onNote: (note: string) => Promise<boolean>;
  children: ReactNode;
}

function Decided({ decision: { by, at, note, isOutdated }, what, onNote, children }: DecidedProps) {
  const [state, setState] = useState<"closed" | "open" | "closedAgain">("closed");
  const isOpen = state === "open";
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
            <button
              type="button"
              className="link xs"
              // oxlint-disable-next-line jsx-a11y/no-autofocus -- it comes back where its field was
              autoFocus={state === "closedAgain"}
              onClick={() => setState("open")}
            >
              {note ? <Trans>Change the note</Trans> : <Trans>Add a note</Trans>}
              <span className="vh">, {what}</span>
            </button>
          </>
        )}
      </p>
      {isOpen && <Note note={note} what={what} onSave={onNote} onClose={() => setState("closedAgain")} />}
    </>
  );
}

interface NoteProps {
  note: string;
  what: string;
  onSave: (note: string) => Promise<boolean>;
  onClose: () => void;
}

const noteLongest = 500;

function Note({ note, what, onSave, onClose }: NoteProps) {
  const { t } = useLingui();
  const { busy, once } = useOnce();
  const [typed, setTyped] = useState(note);
  const save = async (): Promise<void> => {
    const wanted = typed.trim();
    if (wanted === note || (await onSave(wanted))) onClose();
  };
  return (
    <form
      className="row"
      onSubmit={(event) => {
        event.preventDefault();
        once(save);
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
            if (event.key === "Escape") onClose();
          }}
        />
      </span>
      <button type="submit" className="btn s" aria-disabled={busy}>
        <Trans>Save</Trans>
      </button>
    </form>
  );
}

function useDecide({ id, seen }: ReviewRow, what: string) {
  const { t } = useLingui();
  const client = useClient();
  const [ask] = useState(() => partByPart<Verdict>());
  const reread = useReread();
  const [wrong, setWrong] = useState<string | null>(null);
  const decide = async (stands: Verdict, part: Partial<Verdict>): Promise<boolean> => {
    const { outcome, whole, isLast } = await ask(stands, part, ({ choice, note }) =>
      send(client, DecideAccessMutation, { input: { row: id, seen, choice, note } }),
    );
    if (outcome.ok) {
      setWrong(null);
      const decided = t(choiceWords[whole.choice]);
      if (isLast) announce(t`Decided on ${what}: ${decided}`);
      return true;
    }
    reread();
    const { problem, fields } = outcome;
    const told = fields[0]?.message ?? ("message" in problem ? problem.message : null);
    setWrong(told ?? t`Headwater did not answer. Nothing was changed.`);
    return false;
  };
  return { wrong, decide };
}
