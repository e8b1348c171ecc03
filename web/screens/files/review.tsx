import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { useEffect, useRef, useState } from "react";
import { useClient, useQuery } from "urql";
import { useFormat } from "../../language.tsx";
import { announce } from "../../parts/announcer.tsx";
import { Field } from "../../parts/field.tsx";
import { Icon } from "../../parts/icon.tsx";
import { LoadFailed, Skeleton } from "../../parts/states.tsx";
import { ProblemNote } from "../commands/problems.tsx";
import { useRefresh } from "../../live/use-refresh.ts";
import { Columns } from "./columns.tsx";
import { useColumns } from "./use-columns.ts";
import { useCorrections } from "./use-corrections.ts";
import { beyond, type Correction, withCorrection } from "./corrections.ts";
import { Expected, readingOf, useExpected } from "./expected.tsx";
import { type Upload } from "./files.documents.ts";
import { type Review as Reviewed, ReviewQuery } from "./review.documents.ts";
import { Findings } from "./findings.tsx";
import { Preview } from "./preview.tsx";
import { PutRightBefore, PutRightUnsent } from "./put-right.tsx";
import { Questions } from "./questions.tsx";
import { type MappingAnswers, useUpload } from "./use-files.ts";
import { Counts } from "./versions.tsx";
import { moves, states } from "./words.ts";

interface ReviewProps {
  upload: Upload;
  /** The datasource's, typed where everything is replaced. */
  name: string;
  /** Moves when what was asked of the datasource is done: a file may be read again and come to the same counts. */
  moved: string;
  /** A person has just asked for it. */
  takesFocus: boolean;
  onChanged: () => void;
}

/** A file that waits: what was understood, what is wrong, and the ways on. None of it counts yet. */
export function Review({ upload, name, moved, takesFocus, onChanged }: ReviewProps) {
  const variables = { id: upload.id };
  const [{ data, error }] = useQuery({ query: ReviewQuery, variables, requestPolicy: "cache-and-network" });
  const actions = useUpload(upload.id, onChanged);
  const { isReading, again } = useReading(upload, actions.isTaking);
  useRefresh(`${upload.settledAt ?? ""} ${moved}`, () => isReading || again());
  const reviewed = data?.node?.__typename === "Upload" ? data.node : null;
  if (reviewed)
    return (
      <ReviewView
        upload={upload}
        name={name}
        reviewed={reviewed}
        isReading={isReading}
        takesFocus={takesFocus}
        actions={actions}
      />
    );
  return (
    <section className="card pad" aria-labelledby={`review-${upload.id}`}>
      <h2 id={`review-${upload.id}`} className="anywhere">
        {upload.filename}
      </h2>
      {error ? (
        <LoadFailed error={error} onRetry={again} what={<Trans>What was found in the file could not be read.</Trans>} />
      ) : (
        <Skeleton>
          <div className="skcol">
            <span className="fade wide" />
            <span className="fade wide" />
          </div>
        </Skeleton>
      )}
    </section>
  );
}

/** What was found before stands until the file has been read and what was found now is here: until then nobody decides on it. */
function useReading(upload: Upload, isTaking: boolean) {
  const { t } = useLingui();
  const client = useClient();
  const isMoving = moves(upload);
  const isRefused = upload.state === "REJECTED";
  const [isReading, setReading] = useState(isMoving);
  if (isMoving && !isReading) setReading(true);
  const again = (): void =>
    void client
      .query(ReviewQuery, { id: upload.id }, { requestPolicy: "network-only" })
      .toPromise()
      .then((answer) => answer.error || setReading(false));
  const latest = useRef(again);
  useEffect(() => {
    latest.current = again;
  });
  useEffect(() => {
    if (isReading && !isMoving) latest.current();
  }, [isReading, isMoving]);
  const said = useRef(isReading);
  useEffect(() => {
    if (said.current === isReading) return;
    said.current = isReading;
    const ended = upload.canMap
      ? t`${upload.filename} waits for its columns`
      : isRefused
        ? t`${upload.filename} was refused`
        : t`${upload.filename} waits for you`;
    const begun = isTaking ? t`${upload.filename} is being taken` : t`${upload.filename} is being read again`;
    announce(isReading ? begun : ended);
  }, [isReading, isRefused, isTaking, upload.canMap, upload.filename, t]);
  return { isReading, again };
}

interface ReviewViewProps extends Omit<ReviewProps, "moved" | "onChanged"> {
  reviewed: Reviewed;
  actions: ReturnType<typeof useUpload>;
  isReading: boolean;
}

function ReviewView({ upload, name, reviewed, isReading, takesFocus, actions }: ReviewViewProps) {
  const busy = actions.busy || isReading;
  const { mapping, preview, findings } = reviewed;
  const { corrections, setCorrections } = useCorrections(upload.id, mapping.corrections);
  const correct = (one: Correction): void => setCorrections(withCorrection(corrections, one));
  const choosing = useColumns(upload.id, mapping);
  const isRefused = useRefused(upload, isReading);
  /** Whatever is sent, all that was said before goes along. */
  const readAgain = (answers: MappingAnswers = {}): void =>
    actions.map({ corrections: [...corrections], ...choosing.answers, ...answers });
  return (
    <section className="card pad review" aria-labelledby={`review-${upload.id}`}>
      <ReviewHead
        upload={upload}
        isReading={isReading}
        isTaking={actions.isTaking}
        isRefused={isRefused}
        takesFocus={takesFocus}
      />
      {actions.problem && <ProblemNote problem={actions.problem} />}
      <Questions upload={upload.id} mapping={mapping} busy={busy} onAnswer={readAgain} />
      <Columns mapping={mapping} choosing={choosing} isRefused={isRefused} busy={busy} onRead={readAgain} />
      <Preview rows={preview} words={mapping.words} />
      <PutRightBefore
        corrections={mapping.corrections}
        busy={busy}
        onTakeBack={(one) => {
          correct(one);
          actions.map({ corrections: [one] });
        }}
      />
      {upload.counts.rows === "0" ? (
        <PutRightUnsent corrections={beyond([], [], corrections)} busy={busy} onTakeBack={correct} />
      ) : (
        <Findings
          key={JSON.stringify([mapping, findings.nodes])}
          upload={upload.id}
          newest={findings}
          reportUrl={upload.reportUrl}
          mapping={mapping}
          corrections={corrections}
          onCorrect={correct}
          busy={busy}
          onAddUp={() => readAgain({ addUpTwins: true })}
        />
      )}
      {corrections.length > 0 ? (
        <ReadAgain count={corrections.length} busy={busy} onRead={readAgain} onDrop={() => setCorrections([])} />
      ) : isRefused ? (
        <Refused busy={busy} onDiscard={actions.discard} />
      ) : choosing.isChanged ? null : (
        <Decide
          upload={upload}
          name={name}
          isOpen={mapping.questions.length > 0}
          isReading={isReading}
          actions={actions}
        />
      )}
    </section>
  );
}

/** While it is read again it is what it was before. */
function useRefused({ state }: Upload, isReading: boolean): boolean {
  const [isRefused, setRefused] = useState(state === "REJECTED");
  if (!isReading && isRefused !== (state === "REJECTED")) setRefused(!isRefused);
  return isRefused;
}

interface HeadProps extends Pick<ReviewViewProps, "upload" | "isReading" | "takesFocus"> {
  isTaking: boolean;
  isRefused: boolean;
}

function ReviewHead({ upload, isReading, isTaking, isRefused, takesFocus }: HeadProps) {
  const { t } = useLingui();
  const head = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (takesFocus) head.current?.focus();
  }, [takesFocus]);
  const format = useFormat();
  const { state, percent, reason } = upload;
  return (
    <>
      <div className="row">
        <Icon name="file" />
        <h2 ref={head} id={`review-${upload.id}`} className="grow anywhere" tabIndex={-1}>
          {isReading && isTaking ? (
            <Trans>{upload.filename} is being taken</Trans>
          ) : isReading ? (
            <Trans>{upload.filename} is being read again</Trans>
          ) : upload.canMap ? (
            <Trans>{upload.filename} waits for its columns</Trans>
          ) : isRefused ? (
            <Trans>{upload.filename} was refused</Trans>
          ) : (
            <Trans>{upload.filename} waits for you</Trans>
          )}
        </h2>
        {moves(upload) && (
          <span className={`st ${states[state].look}`}>
            <Icon name={states[state].icon} />
            {t(states[state].word)}
            {percent > 0 && ` ${format.percent(percent)}`}
          </span>
        )}
      </div>
      {reason && (
        <p className="sm anywhere">
          {reason.message} {isRefused && reason.meaning}
        </p>
      )}
      <Counts upload={upload} />
    </>
  );
}

interface ReadAgainProps {
  count: number;
  busy: boolean;
  onRead: () => void;
  onDrop: () => void;
}

/** What was put right changes what the file holds: it is counted anew before anybody decides. */
function ReadAgain({ count, busy, onRead, onDrop }: ReadAgainProps) {
  return (
    <footer className="decide">
      <div className="row wrap">
        <button type="button" className="btn pri" aria-disabled={busy} onClick={() => !busy && onRead()}>
          {busy ? (
            <Trans>Reading it again…</Trans>
          ) : (
            <Plural value={count} one="Read it again with # correction" other="Read it again with # corrections" />
          )}
        </button>
        <button type="button" className="btn" aria-disabled={busy} onClick={() => !busy && onDrop()}>
          <Trans>Take all back</Trans>
        </button>
        <span className="xs faint">
          <Trans>None of it counts yet. The file itself stays as it came.</Trans>
        </span>
      </div>
    </footer>
  );
}

function Refused({ busy, onDiscard }: { busy: boolean; onDiscard: () => void }) {
  return (
    <footer className="decide">
      <div className="row wrap">
        <button type="button" className="btn" aria-disabled={busy} onClick={() => busy || onDiscard()}>
          <Trans>Put it aside</Trans>
        </button>
        <span className="xs faint">
          <Trans>None of it counts. A file that was mended may be given below.</Trans>
        </span>
      </div>
    </footer>
  );
}

interface DecideProps {
  upload: Upload;
  name: string;
  /** A question is still open. */
  isOpen: boolean;
  isReading: boolean;
  actions: ReturnType<typeof useUpload>;
}

function Decide({ upload, name, isOpen, isReading, actions }: DecideProps) {
  const { t } = useLingui();
  const reading = readingOf(upload);
  const [named, setNamed] = useState({ reading, name: "" });
  const typed = named.reading === reading ? named.name : "";
  const expecting = useExpected(upload);
  const { totals, isSettled, acceptDifference } = expecting.result;
  const { busy, confirm, discard } = actions;
  const wrong = Number(upload.counts.errors);
  const good = Number(upload.counts.ok);
  const replacesAll = upload.mode === "REPLACE_ALL";
  // What replaces takes no file with wrong rows: a hole would stand where a cost was.
  const mustBeWhole = wrong > 0 && upload.mode !== "UPSERT";
  const mayConfirm =
    !isReading && !isOpen && !mustBeWhole && isSettled && good > 0 && (!replacesAll || typed.trim() === name);
  const take = (): void => {
    const confirmText = replacesAll ? typed.trim() : null;
    if (mayConfirm) confirm({ goodRowsOnly: wrong > 0, confirmText, expectedTotals: totals, acceptDifference });
  };
  return (
    <footer className="decide">
      {!mustBeWhole && good > 0 && <Expected expecting={expecting} />}
      {replacesAll && !mustBeWhole && (
        <Field
          label={t`Type ${name} to replace everything`}
          value={typed}
          autoComplete="off"
          onChange={(event) => setNamed({ reading, name: event.target.value })}
        />
      )}
      {mustBeWhole && (
        <p className="sm">
          <Trans>This way of taking a file needs every row to be right. Mend the rows below and give it again.</Trans>
        </p>
      )}
      <div className="row wrap">
        <button type="button" className="btn pri" aria-disabled={busy || !mayConfirm} onClick={take}>
          {busy || (isReading && actions.isTaking) ? (
            <Trans>Taking it…</Trans>
          ) : wrong > 0 ? (
            <Plural value={good} one="Take the # good row" other="Take the # good rows" />
          ) : (
            <Plural value={good} one="Take # row" other="Take # rows" />
          )}
        </button>
        <button type="button" className="btn" aria-disabled={busy || isReading} onClick={() => isReading || discard()}>
          <Trans>Put it aside</Trans>
        </button>
        <span className="xs faint">
          <Trans>None of it counts yet. What is taken can be undone.</Trans>
        </span>
      </div>
    </footer>
  );
}
