import { Trans } from "@lingui/react/macro";
import { useEffect, useRef } from "react";
import type { LiveDatasource } from "../../live/live.documents.ts";
import { announce } from "../../parts/announcer.tsx";
import { Icon } from "../../parts/icon.tsx";
import { Ago } from "../../parts/time.tsx";
import { usePending } from "../commands/pending.ts";
import { useTellSlow } from "../commands/tell-slow.ts";
import { useCommands } from "../commands/use-commands.ts";
import { newestCheck } from "./newest-check.ts";
import type { DayCheck } from "./spot-checks.documents.ts";

/** When the source was asked last: what came out the same would be told to nobody by the numbers. */
export function CheckedAt({ checks }: { checks: readonly Pick<DayCheck, "checkedAt">[] }) {
  const newest = checks
    .map(({ checkedAt }) => checkedAt)
    .toSorted((one, other) => Date.parse(other) - Date.parse(one))[0];
  if (newest === undefined) return null;
  return (
    <span className="xs faint nowrap">
      <Trans comment="when the source was last asked for its own numbers: 6 min ago">
        Checked <Ago at={newest} />
      </Trans>
    </span>
  );
}

/** Has the source asked for its own numbers again; one button in each of its states, so that the focus stays on it. */
export function CheckNow({ datasource }: { datasource: LiveDatasource }) {
  const commands = useCommands(datasource);
  const pending = usePending(datasource, "CHECK_NOW");
  const isUnderWay = pending !== "no" || newestCheck(datasource)?.state === "ACCEPTED";
  if (!commands.may("CHECK_NOW") && !isUnderWay) return null;
  const check = (): void => {
    if (!isUnderWay) void commands.checkNow();
  };
  return (
    <button type="button" className="btn s" onClick={check} aria-disabled={isUnderWay}>
      <Icon name="sync" />
      {!isUnderWay ? (
        <Trans>Check again now</Trans>
      ) : (
        <Trans comment="the source is asked for its own numbers">Checking…</Trans>
      )}
    </button>
  );
}

/** That it takes long; then what became of it, where that is not told by the numbers themselves. */
export function CheckOutcome({ datasource }: { datasource: LiveDatasource }) {
  const newest = newestCheck(datasource);
  const isSlow = usePending(datasource, "CHECK_NOW") === "slow";
  useTellSlow(isSlow);
  const awaited = useRef<string | null>(null);
  const said = newest?.outcome?.message ?? null;
  const isSettled = newest !== null && newest.state !== "ACCEPTED";
  useEffect(() => {
    if (newest === null) return;
    if (!isSettled) awaited.current = newest.id;
    else if (awaited.current === newest.id) {
      awaited.current = null;
      if (said !== null) announce(said);
    }
  }, [newest, isSettled, said]);
  if (isSlow)
    return (
      <p className="none sm dim">
        <Trans>Still waiting. It will happen even if you leave.</Trans>
      </p>
    );
  if (newest === null || newest.state === "DONE" || !isSettled || said === null) return null;
  return (
    <p className="none sm row">
      <Icon name="warning" />
      {said}
    </p>
  );
}
