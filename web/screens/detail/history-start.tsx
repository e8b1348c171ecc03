import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { useFormat } from "../../language.tsx";
import type { LiveDatasource } from "../../live/live.documents.ts";
import { Field } from "../../parts/field.tsx";
import { tellProblem } from "../commands/problems.tsx";
import { useCommands, useGiving } from "../commands/use-commands.ts";
import { usePending } from "../commands/pending.ts";
import { costOf, dayBefore } from "./history-cost.ts";
import { ExtendHistoryMutation, type Reach } from "./history.documents.ts";
import { standsStill } from "./stands-still.ts";

/** How far back it reads; earlier is one more backfill, and what that costs is said before. */
export function HistoryStart({ datasource, reach }: { datasource: LiveDatasource; reach: Reach }) {
  const format = useFormat();
  const commands = useCommands(datasource);
  const { historyFrom, historyReason } = datasource.backfill;
  const { earliestPossible } = reach.backfill;
  if (!historyFrom) return null;
  const isAtEnd = earliestPossible !== null && earliestPossible >= historyFrom;
  const isAsked = isOpen(datasource, "extendHistory");
  return (
    <section className="card pad" aria-labelledby="history-start">
      <h2 id="history-start">
        <Trans>Start of history</Trans>
      </h2>
      <p className="sm">
        <Trans>
          It begins on <b>{format.day(historyFrom, { year: true })}</b>.
        </Trans>
      </p>
      {isAtEnd ? (
        <p className="sm dim">
          {historyReason ? (
            <>
              {historyReason.message} {historyReason.meaning}
            </>
          ) : (
            <Trans>{datasource.platform.title} gives no older days.</Trans>
          )}
        </p>
      ) : isAsked ? (
        <p className="sm" role="status">
          <Underway datasource={datasource} />
        </p>
      ) : commands.may("EXTEND_HISTORY") ? (
        <Earlier datasource={datasource} reach={reach} historyFrom={historyFrom} />
      ) : (
        <p className="sm dim">{commands.whyNot("EXTEND_HISTORY")}</p>
      )}
    </section>
  );
}

const isOpen = ({ commands }: LiveDatasource, wanted: string): boolean =>
  commands.some(({ kind, state }) => kind === wanted && state === "ACCEPTED");

/** Older days that were asked for: one thing at a time reads the history. */
function Underway({ datasource }: { datasource: LiveDatasource }) {
  if (standsStill(datasource)) return <Trans>Older days are queued: they begin once the sync goes on.</Trans>;
  if (datasource.backfill.state === "RUNNING") return <Trans>Older days are being read.</Trans>;
  if (isOpen(datasource, "resync")) return <Trans>Older days are queued: they begin after the resync.</Trans>;
  return <Trans>Older days are queued: they begin by themselves.</Trans>;
}

interface EarlierProps {
  datasource: LiveDatasource;
  reach: Reach;
  historyFrom: string;
}

function Earlier({ datasource, reach, historyFrom }: EarlierProps) {
  const { earliestPossible: earliest, workedSeconds } = reach.backfill;
  const { t } = useLingui();
  const format = useFormat();
  const giving = useGiving(datasource);
  const pending = usePending(datasource, "EXTEND_HISTORY");
  const [from, setFrom] = useState("");
  const [error, setError] = useState<string | null>(null);
  const extend = async (): Promise<void> => {
    if (!from || from >= historyFrom)
      return setError(t`Choose a day before ${format.day(historyFrom, { year: true })}.`);
    if (earliest !== null && from < earliest)
      return setError(t`${datasource.platform.title} gives nothing before ${format.day(earliest, { year: true })}.`);
    const input = { ...giving.base(), from };
    const outcome = await giving.give("EXTEND_HISTORY", ExtendHistoryMutation, { input }, t`Older days are queued.`);
    if (outcome.ok) setFrom("");
    else if (outcome.fields[0]) setError(outcome.fields[0].message);
    else tellProblem(outcome.problem);
  };
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void extend();
      }}
    >
      <Field
        label={t`Read back to`}
        name="history-from"
        type="date"
        min={earliest ?? undefined}
        max={dayBefore(historyFrom)}
        value={from}
        error={error}
        hint={
          earliest ? (
            <Trans>{format.day(earliest, { year: true })} at the earliest</Trans>
          ) : (
            <Trans>As far back as the account goes</Trans>
          )
        }
        onChange={(event) => {
          setFrom(event.target.value);
          setError(null);
        }}
      />
      <div role="status">
        {from !== "" && from < historyFrom && (
          <Cost datasource={datasource} workedSeconds={workedSeconds} from={from} />
        )}
      </div>
      <button type="submit" className="btn" aria-disabled={pending !== "no"}>
        {pending === "no" ? <Trans>Read further back</Trans> : <Trans>Asking…</Trans>}
      </button>
    </form>
  );
}

interface CostProps {
  datasource: LiveDatasource;
  workedSeconds: number | null;
  from: string;
}

function Cost({ datasource, workedSeconds, from }: CostProps) {
  const format = useFormat();
  const { days, seconds } = costOf(datasource.backfill, workedSeconds, from);
  return (
    <p className="sm dim">
      <Trans>
        {format.count(days)} more days, once, behind the regular syncs. It takes no slot; what is in stays as it is.
      </Trans>{" "}
      {seconds !== null && <Trans>At the pace of the days that are in, about {format.duration(seconds)}.</Trans>}
    </p>
  );
}
