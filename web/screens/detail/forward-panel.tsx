import { Trans, useLingui } from "@lingui/react/macro";
import { useEffect, useState } from "react";
import { useQuery } from "urql";
import { useFormat } from "../../language.tsx";
import type { LiveDatasource } from "../../live/live.documents.ts";
import { Field } from "../../parts/field.tsx";
import { Icon } from "../../parts/icon.tsx";
import { useOnce } from "../../parts/use-once.ts";
import { ProblemNote, type Told } from "../commands/problems.tsx";
import { useGiving } from "../commands/use-commands.ts";
import type { DaySpan } from "./backfill-map.ts";
import { BringForwardMutation, type Forward, ForwardQuery } from "./history.documents.ts";

interface ForwardProps {
  datasource: LiveDatasource;
  /** Of this stream alone; empty: of every one. */
  stream: string;
  span: DaySpan;
  /** Some of these days still have something to be read, though it may be too early to say how long they take. */
  isLeft: boolean;
  /** First and last day that are in the plan. */
  planned: DaySpan;
  onSpan: (span: DaySpan) => void;
  onClose: () => void;
  onGiven: (span: DaySpan) => void;
}

interface Typed {
  days: DaySpan;
  over: DaySpan;
}

const settleMs = 300;

/** What it would mean to read some days first, said before it is asked for. */
export function ForwardPanel({ datasource, stream, span, isLeft, planned, onSpan, onClose, onGiven }: ForwardProps) {
  const { t } = useLingui();
  const format = useFormat();
  const giving = useGiving(datasource);
  const [typed, setTyped] = useState<Typed | null>(null);
  // What is typed and makes no sense yet stands until it does, or until days are drawn in the map.
  const shown = typed?.over.from === span.from && typed.over.to === span.to ? typed.days : span;
  const isInOrder = shown === span;
  const type = (days: DaySpan): void => {
    const isWhole = days.from !== "" && days.to !== "" && days.from <= days.to;
    setTyped(isWhole ? null : { days, over: span });
    if (isWhole) onSpan(days);
  };
  const { forward, isAsking, hasFailed } = useForward(datasource.id, span, stream, isInOrder);
  const mayAsk = isInOrder && !isAsking && !hasFailed && (forward !== null || isLeft);
  const [problem, setProblem] = useState<Told | null>(null);
  const { busy, once } = useOnce();
  const bring = async (): Promise<void> => {
    const input = { ...giving.base(), ...span, stream: stream || null };
    const outcome = await giving.give("BRING_FORWARD", BringForwardMutation, { input }, t`These days come first now.`);
    if (outcome.ok) return onGiven(span);
    setProblem(outcome.problem);
  };
  return (
    <form
      className="forward"
      aria-labelledby="forward-title"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (mayAsk) once(bring);
      }}
      onKeyDown={(event) => {
        if (event.key === "Escape") onClose();
      }}
    >
      <h3 id="forward-title">
        {isInOrder ? (
          <Trans>Bring {format.dayRange(span.from, span.to)} forward?</Trans>
        ) : (
          <Trans>Bring days forward</Trans>
        )}
      </h3>
      <div role="status">
        <Meaning
          isInOrder={isInOrder}
          isAsking={isAsking}
          hasFailed={hasFailed}
          isLeft={isLeft}
          isStopped={datasource.dataSync?.status === "INACTIVE"}
          forward={forward}
        />
      </div>
      {problem && <ProblemNote problem={problem} onClose={() => setProblem(null)} />}
      <DayFields days={shown} planned={planned} onType={type} />
      <div className="row wrap">
        <button type="submit" className="btn pri" aria-disabled={!mayAsk || busy}>
          <Icon name="up" />
          {busy ? (
            <Trans>Asking…</Trans>
          ) : (
            <Trans comment="some days of the history are read first">Bring forward</Trans>
          )}
        </button>
        <button type="button" className="btn ghost" onClick={onClose}>
          <Trans>Leave it as it is</Trans>
        </button>
      </div>
    </form>
  );
}

interface DayFieldsProps {
  days: DaySpan;
  planned: DaySpan;
  onType: (days: DaySpan) => void;
}

function DayFields({ days, planned, onType }: DayFieldsProps) {
  const { t } = useLingui();
  return (
    <div className="pair2">
      <Field
        label={t`First day`}
        name="forward-from"
        type="date"
        min={planned.from}
        max={planned.to}
        value={days.from}
        onChange={(event) => onType({ ...days, from: event.target.value })}
      />
      <Field
        label={t`Last day`}
        name="forward-to"
        type="date"
        min={planned.from}
        max={planned.to}
        value={days.to}
        onChange={(event) => onType({ ...days, to: event.target.value })}
      />
    </div>
  );
}

interface MeaningProps {
  isInOrder: boolean;
  isAsking: boolean;
  hasFailed: boolean;
  isLeft: boolean;
  isStopped: boolean;
  forward: Forward | null;
}

function Meaning({ isInOrder, isAsking, hasFailed, isLeft, isStopped, forward }: MeaningProps) {
  const format = useFormat();
  if (!isInOrder)
    return (
      <p className="sm bad">
        <Trans>Choose a first and a last day, in this order.</Trans>
      </p>
    );
  if (isAsking) return <span className="fade wide" />;
  if (hasFailed)
    return (
      <p className="sm bad">
        <Trans>What it would mean could not be read. Nothing was changed.</Trans>
      </p>
    );
  if (!forward)
    return (
      <p className="sm dim">
        {isLeft && isStopped ? (
          <Trans>The sync is stopped. Once it goes on, these days come before everything else that is queued.</Trans>
        ) : isLeft ? (
          <Trans>It is too early to say how long they take. They are read before everything else that is queued.</Trans>
        ) : (
          <Trans>Nothing of these days is left to read.</Trans>
        )}
      </p>
    );
  const { readyMinSeconds, readyMaxSeconds, laterSeconds } = forward;
  return (
    <p className="sm dim">
      <Trans>
        Ready in about {format.durationRange(readyMinSeconds, readyMaxSeconds)}. Everything that was queued before them
        waits up to {format.duration(laterSeconds)} longer; the total stays the same.
      </Trans>
    </p>
  );
}

interface Foreseen {
  forward: Forward | null;
  isAsking: boolean;
  hasFailed: boolean;
}

function useForward(id: string, span: DaySpan, stream: string, isInOrder: boolean): Foreseen {
  const settled = useSettled(span);
  const [{ data, fetching, error }] = useQuery({
    query: ForwardQuery,
    variables: { id, ...settled, stream: stream || null },
    requestPolicy: "network-only",
    pause: !isInOrder,
  });
  const isAsking = fetching || settled.from !== span.from || settled.to !== span.to;
  const forward = isInOrder && !isAsking ? (data?.datasource?.forwardRehearsal ?? null) : null;
  return { forward, isAsking, hasFailed: error !== undefined };
}

/** Asked once the choice has stood still for a moment, not with every day that is passed over. */
function useSettled(span: DaySpan): DaySpan {
  const { from, to } = span;
  const [settled, setSettled] = useState(span);
  useEffect(() => {
    const timer = setTimeout(() => setSettled({ from, to }), settleMs);
    return () => clearTimeout(timer);
  }, [from, to]);
  return settled;
}
