import { Trans, useLingui } from "@lingui/react/macro";
import { useEffect, useRef, useState } from "react";
import { useSearch } from "wouter";
import { useQuery } from "urql";
import { useFormat } from "../../language.tsx";
import type { LiveDatasource } from "../../live/live.documents.ts";
import { useRefresh } from "../../live/use-refresh.ts";
import { CardBoundary } from "../../parts/failure.tsx";
import { Icon, type IconName } from "../../parts/icon.tsx";
import { LoadFailed, Skeleton } from "../../parts/states.tsx";
import { useNow } from "../../parts/time.tsx";
import { isBack } from "../../shell/way-back.ts";
import { useCommands } from "../commands/use-commands.ts";
import { isDataGone } from "../ended/data-state.ts";
import { CheckedAt, CheckNow, CheckOutcome } from "./check-now.tsx";
import { checkedDays, daysShown } from "./checked-days.ts";
import { isCheckedNext } from "./first-check.ts";
import { GapParts, usePercent } from "./gap.tsx";
import { Restatements, Term } from "./restatements.tsx";
import { ResyncDialog } from "./resync-dialog.tsx";
import { useShown } from "./spot-check-mark.tsx";
import { type DayCheck, NumbersQuery } from "./spot-checks.documents.ts";
import { timelineKey } from "./timeline-key.ts";
import "./numbers.css";

/** As many checks as a page of them holds: more than two weeks' of any source. */
const checksAsked = 100;

/** Whether its numbers can be believed: held against the source's own day by day, and what changed in days that were over. */
export function NumbersTab({ datasource }: { datasource: LiveDatasource }) {
  if (isDataGone(datasource, useNow()))
    return (
      <p className="card pad dim">
        <Trans>There is nothing left to check.</Trans>
      </p>
    );
  return (
    <div className="stack">
      <Checks datasource={datasource} />
      <CardBoundary what={<Trans>The changes could not be read.</Trans>}>
        <Restatements datasource={datasource} />
      </CardBoundary>
    </div>
  );
}

function Checks({ datasource }: { datasource: LiveDatasource }) {
  const [{ data, error }, refresh] = useQuery({
    query: NumbersQuery,
    variables: { id: datasource.id, first: checksAsked },
    requestPolicy: "cache-and-network",
  });
  const again = (): void => refresh({ requestPolicy: "network-only" });
  useRefresh(timelineKey(datasource), again);
  const read = data?.datasource;
  return (
    <section className="card" aria-labelledby="checks">
      <header>
        <div className="over-days">
          <h2 id="checks">
            <Trans>Our numbers beside the source’s own</Trans>
          </h2>
          {read?.isSpotChecked && (
            <span className="xs faint nowrap">
              <Trans>last {daysShown} days</Trans>
            </span>
          )}
        </div>
        {read?.isSpotChecked && (
          <div className="row wrap">
            <CheckedAt checks={read.spotChecks.nodes} />
            <CheckNow datasource={datasource} />
          </div>
        )}
      </header>
      <CheckOutcome datasource={datasource} />
      {error && <LoadFailed error={error} onRetry={again} what={<Trans>The checks could not be read.</Trans>} />}
      {read ? (
        <CheckedDays datasource={datasource} checks={read.spotChecks.nodes} isSpotChecked={read.isSpotChecked} />
      ) : (
        !error && (
          <Skeleton>
            <div className="skrows" />
          </Skeleton>
        )
      )}
    </section>
  );
}

/** From the day that a link leads to one goes on; back on the page, from where one left it. */
function usePlaceOf(asked: string | null) {
  const place = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    if (asked !== null && !isBack()) place.current?.focus();
  }, [asked]);
  return place;
}

interface DaysProps {
  datasource: LiveDatasource;
  checks: readonly DayCheck[];
  isSpotChecked: boolean;
}

function CheckedDays({ datasource, checks, isSpotChecked }: DaysProps) {
  const format = useFormat();
  const asked = new URLSearchParams(useSearch()).get("day");
  const place = usePlaceOf(asked);
  const [resynced, setResynced] = useState<string | null>(null);
  const mayResync = useCommands(datasource).may("RESYNC");
  const days = checkedDays(checks, format.today());
  const source = datasource.platform.title;
  if (days.length === 0)
    return (
      <p className="none sm dim">
        {!isSpotChecked ? (
          <Trans>{source} has no totals of its own to hold our numbers against, so none is ticked here.</Trans>
        ) : datasource.disconnectedAt ? (
          <Trans>It is disconnected: nothing is checked any more.</Trans>
        ) : isCheckedNext(datasource) ? (
          <Trans>The first check is on its way.</Trans>
        ) : (
          <Trans>The first check comes once the history is in.</Trans>
        )}
      </p>
    );
  return (
    <>
      <ol className="checked">
        {days.map(({ day, mark, checks: of }) => (
          <li key={day}>
            {mark === null ? (
              <p className="row" ref={day === asked ? place : null} tabIndex={day === asked ? -1 : undefined}>
                <span className="grow">{format.day(day, { weekday: true })}</span>
                <Mark mark={null} />
              </p>
            ) : (
              <details open={day === asked || mark === "DIFFERENT"}>
                <summary ref={day === asked ? place : null}>
                  <span className="grow">
                    {format.day(day, { weekday: true })}{" "}
                    <span className="xs faint">{format.list(titlesOf(of, mark))}</span>
                  </span>
                  <Mark mark={mark} />
                </summary>
                <OneDay day={day} checks={of} onResync={mayResync ? () => setResynced(day) : null} />
              </details>
            )}
          </li>
        ))}
      </ol>
      <WhyNotChecked days={days} />
      {resynced && <ResyncDialog datasource={datasource} day={resynced} onClose={() => setResynced(null)} />}
    </>
  );
}

/** Which numbers a day has its mark from. */
const titlesOf = (checks: readonly DayCheck[], mark: DayCheck["state"]): string[] => [
  ...new Set(checks.filter(({ state }) => state === mark).map(({ title }) => title)),
];

/** Why there are fewer days than two weeks have, and why one has no mark; the newest may still be checked. */
function WhyNotChecked({ days }: { days: ReturnType<typeof checkedDays> }) {
  const format = useFormat();
  const first = days.length < daysShown ? days.at(-1)?.day : undefined;
  const isMissed = days.slice(1).some(({ mark }) => mark === null);
  if (first === undefined && !isMissed) return null;
  return (
    <div className="none sm dim">
      {first !== undefined && (
        <p>
          <Trans>
            Checks began with {format.day(first)}. A day is checked soon after it has ended; earlier days are not.
          </Trans>
        </p>
      )}
      {isMissed && (
        <p>
          <Trans>
            A day stays not checked where the source was not asked soon after it, as while data sync is stopped.
          </Trans>
        </p>
      )}
    </div>
  );
}

const looks: Record<DayCheck["state"], readonly [IconName, string]> = {
  EQUAL: ["tick", "st ok"],
  EXPLAINED: ["help", "st ok"],
  DIFFERENT: ["warning", "st pill warnp"],
  NOT_SETTLED: ["clock", "st"],
  NO_FIGURE: ["dashed", "st"],
};

function Mark({ mark }: { mark: DayCheck["state"] | null }) {
  const { t } = useLingui();
  if (mark === null)
    return (
      <span className="st faint">
        <Trans comment="no check of our number was made for this day">Not checked</Trans>
      </span>
    );
  const words: Record<DayCheck["state"], string> = {
    EQUAL: t({ message: "Equal", comment: "our number equals the source's own" }),
    EXPLAINED: t({ message: "Explained", comment: "our number is not the source's own, and it is known why" }),
    DIFFERENT: t({ message: "Unexplained", comment: "our number is not the source's own, and nobody knows why" }),
    NOT_SETTLED: t({ message: "Not settled yet", comment: "the source may still change this day" }),
    NO_FIGURE: t({ message: "No figure there", comment: "the source has no number of its own for this day" }),
  };
  const [icon, look] = looks[mark];
  return (
    <span className={look}>
      <Icon name={icon} />
      {words[mark]}
    </span>
  );
}

interface OneDayProps {
  day: string;
  checks: readonly DayCheck[];
  onResync: (() => void) | null;
}

function OneDay({ day, checks, onResync }: OneDayProps) {
  const format = useFormat();
  const now = useNow();
  const settlesAt = checks.find(({ state }) => state === "NOT_SETTLED")?.settlesAt;
  const isUnexplained = checks.some(({ state }) => state === "DIFFERENT");
  return (
    <div className="of-day">
      <DayTable day={day} checks={checks} />
      {checks.map((check) => (
        <GapParts key={`${check.metric} ${check.currency ?? ""}`} check={check} />
      ))}
      {settlesAt && Date.parse(settlesAt) > now && (
        <p className="sm dim">
          <Trans>The source may change this day until it settles {format.whenWithin(settlesAt)}.</Trans>
        </p>
      )}
      {isUnexplained && onResync && (
        <button type="button" className="btn s" onClick={onResync}>
          <Icon name="sync" />
          <Trans>Resync this day…</Trans>
          <span className="vh">, {format.day(day)}</span>
        </button>
      )}
    </div>
  );
}

function DayTable({ day, checks }: { day: string; checks: readonly DayCheck[] }) {
  const format = useFormat();
  return (
    <table className="checks folds d">
      <caption className="vh">
        <Trans>Our numbers beside the source’s own, {format.day(day)}</Trans>
      </caption>
      <thead>
        <tr>
          <th scope="col">
            <Trans comment="which number is compared">Number</Trans>
          </th>
          <th scope="col" className="r">
            <Trans comment="the source's own number">At the source</Trans>
          </th>
          <th scope="col" className="r">
            <Trans comment="our own number">Ours</Trans>
          </th>
          <th scope="col" className="r">
            <Trans comment="how far our number is from the source's own">Gap</Trans>
          </th>
          <th scope="col">
            <Trans comment="whether the two numbers are equal">Result</Trans>
          </th>
        </tr>
      </thead>
      <tbody>
        {checks.map((check) => (
          <CheckRow key={`${check.metric} ${check.currency ?? ""}`} check={check} />
        ))}
      </tbody>
    </table>
  );
}

function CheckRow({ check }: { check: DayCheck }) {
  const shown = useShown(check);
  const percent = usePercent()(check);
  const { title, ours, theirs, difference, state } = check;
  const isApart = state === "DIFFERENT" || state === "NOT_SETTLED" || state === "EXPLAINED";
  return (
    <tr>
      <th scope="row">{title}</th>
      <td className="r num">
        <Term>
          <Trans comment="the source's own number">At the source</Trans>
        </Term>
        {shown(theirs)}
      </td>
      <td className="r num">
        <Term>
          <Trans comment="our own number">Ours</Trans>
        </Term>
        {shown(ours)}
      </td>
      <td className="r num">
        <Term>
          <Trans comment="how far our number is from the source's own">Gap</Trans>
        </Term>
        {isApart ? shown(difference, { change: true }) : "–"}
        {isApart && percent !== null && <span className="xs faint"> ({percent})</span>}
      </td>
      <td>
        <Mark mark={state} />
      </td>
    </tr>
  );
}
