import { Trans, useLingui } from "@lingui/react/macro";
import { useEffect, useRef, useState } from "react";
import { useLocation } from "wouter";
import { useFormat, withLateWords } from "../../language.tsx";
import type { LiveDatasource } from "../../live/live.documents.ts";
import { announce } from "../../parts/announcer.tsx";
import { Icon } from "../../parts/icon.tsx";
import { Menu, MenuItem, MenuRule } from "../../parts/menu.tsx";
import { lateDialog } from "../../parts/late.tsx";
import { useNow } from "../../parts/time.tsx";
import { to } from "../../routes.ts";
import { useMay, usePlace } from "../../shell/organisation.tsx";
import { useShortcuts } from "../../shell/shortcuts.ts";
import { runBefore, usePending, waitSince } from "../commands/pending.ts";
import { useTellSlow } from "../commands/tell-slow.ts";
import { type Commands, useCommands } from "../commands/use-commands.ts";
import { waitedUntil } from "../commands/waited.ts";
import { RemedyButton } from "../datasources/remedy-button.tsx";
import { pressingReason, wayOut } from "../datasources/ways-out.ts";
import { syncNowSays } from "./sync-now.ts";

const Stop = lateDialog(
  withLateWords(() => import("./stop-dialog.tsx"), "deeper"),
  (part) => part.StopDialog,
);
const Resync = lateDialog(
  withLateWords(() => import("./resync-dialog.tsx"), "deeper"),
  (part) => part.ResyncDialog,
);
const Replace = lateDialog(
  withLateWords(() => import("./replace-dialog.tsx"), "deeper"),
  (part) => part.ReplaceDialog,
);
const Disconnect = lateDialog(
  withLateWords(() => import("./disconnect-dialog.tsx"), "deeper"),
  (part) => part.DisconnectDialog,
);

const DeleteData = lateDialog(
  withLateWords(() => import("./delete-data-dialog.tsx"), "deeper"),
  (part) => part.DeleteDataDialog,
);

const askable = ["delete", "disconnect", "replace", "resync", "stop"] as const;
type Asking = (typeof askable)[number] | null;

interface DetailActionsProps {
  datasource: LiveDatasource;
  /** What the address asks for. */
  asked: string | null;
  /** The notice below says what to do, and does it. */
  isTold: boolean;
}

/** What may be done now; what may not be is absent, and the reason stands with the state. */
export function DetailActions({ datasource, asked, isTold }: DetailActionsProps) {
  const [chosen, setAsking] = useState<Asking>(null);
  // The address may ask while the page is open already.
  const asking = chosen ?? askable.find((each) => each === asked) ?? null;
  const [path, navigate] = useLocation();
  const commands = useCommands(datasource);
  const syncing = usePending(datasource, "SYNC_NOW");
  const close = (): void => {
    setAsking(null);
    if (asked) navigate(path, { replace: true });
  };
  const wait = waitSince(datasource.id, "SYNC_NOW", useAhead(waitedUntil(datasource.dataSync)));
  const running = datasource.currentRun?.id ?? null;
  const says = syncNowSays(syncing, { running, before: runBefore(datasource.id, "SYNC_NOW"), wait });
  useTellSlow(says === "waiting");
  const syncNow = (): void => {
    if (says === "ready") void commands.syncNow();
  };
  useShortcuts({ KeyS: () => void (commands.may("SYNC_NOW") && syncNow()) });
  return (
    <div className="acts">
      <StopOrResume datasource={datasource} commands={commands} isTold={isTold} onStop={() => setAsking("stop")} />
      {commands.may("SYNC_NOW") && (
        <button type="button" className="btn" onClick={syncNow} aria-disabled={says !== "ready"}>
          <Icon name="sync" />
          {says === "ready" ? (
            <Trans>Sync now</Trans>
          ) : says === "queued" ? (
            <Trans>Queued behind the running sync</Trans>
          ) : says === "syncing" ? (
            <Trans>Syncing now</Trans>
          ) : says === "waiting" ? (
            <Trans>Still waiting. It will happen even if you leave.</Trans>
          ) : says === "waitingForSource" && wait ? (
            <WaitingFor source={datasource.platform.title} until={wait} />
          ) : (
            <Trans>Starting…</Trans>
          )}
        </button>
      )}
      <MoreActions datasource={datasource} commands={commands} onAsk={setAsking} />
      {asking === "stop" && <Stop datasource={datasource} onClose={close} />}
      {asking === "resync" && <Resync datasource={datasource} onClose={close} />}
      {asking === "disconnect" && <Disconnect datasource={datasource} onClose={close} onInstead={setAsking} />}
      {asking === "delete" && commands.may("DELETE_DATA") && <DeleteData datasource={datasource} onClose={close} />}
      {asking === "replace" && <Replace datasource={datasource} onClose={close} />}
    </div>
  );
}

/** Told to whoever cannot see it as well: it stands there some seconds after the click. */
function WaitingFor({ source, until }: { source: string; until: string }) {
  const { t } = useLingui();
  const at = useFormat().time(until);
  const said = t({ message: `Waiting for ${source}, asked again at ${at}`, comment: "after a click on Sync now" });
  useEffect(() => announce(said), [said]);
  return said;
}

/** An end that is over says nothing any more. */
function useAhead(until: string | null): string | null {
  const now = useNow();
  return until !== null && Date.parse(until) > now ? until : null;
}

interface StopOrResumeProps {
  datasource: LiveDatasource;
  commands: Commands;
  isTold: boolean;
  onStop: () => void;
}

/** One button in each of its states, so that the focus stays on it. */
function StopOrResume({ datasource, commands, isTold, onStop }: StopOrResumeProps) {
  const { t } = useLingui();
  const stopping = usePending(datasource, "PAUSE");
  const resuming = usePending(datasource, "RESUME");
  const { name } = datasource;
  const isSlow = stopping === "slow" || resuming === "slow";
  useTellSlow(isSlow);
  if (stopping !== "no" || resuming !== "no")
    return (
      <button type="button" className="btn" aria-disabled="true">
        {isSlow ? (
          <Trans>Still waiting. It will happen even if you leave.</Trans>
        ) : stopping !== "no" ? (
          <Trans>Stopping…</Trans>
        ) : (
          <Trans>Resuming…</Trans>
        )}
        <span className="vh">, {name}</span>
      </button>
    );
  const { connection } = datasource;
  if (connection?.isDead && commands.may("REAUTHORIZE"))
    return isTold ? null : (
      <RemedyButton datasource={datasource} remedy={connection.reason?.remedy ?? null} look="btn pri" />
    );
  if (commands.may("RESUME") && !connection?.isDead)
    return isTold && resumes(datasource) ? null : (
      <button
        type="button"
        className="btn pri"
        aria-label={t`Resume data sync, ${name}`}
        onClick={() => void commands.resume()}
      >
        <Icon name="play" />
        <Trans>Resume</Trans>
      </button>
    );
  const remedy = pressingReason(datasource)?.remedy ?? null;
  // What stands still needs no stopping, but what makes it go on.
  if (datasource.dataSync?.status === "INACTIVE" && wayOut(datasource, remedy) !== null)
    return isTold ? null : <RemedyButton datasource={datasource} remedy={remedy} look="btn pri" />;
  if (!commands.may("PAUSE")) return null;
  return (
    <button type="button" className="btn" aria-label={t`Stop data sync, ${name}`} onClick={onStop}>
      <Icon name="pause" />
      <Trans>Stop data sync</Trans>
    </button>
  );
}

/** The notice below has the button for it. */
function resumes(datasource: LiveDatasource): boolean {
  const way = wayOut(datasource, pressingReason(datasource)?.remedy ?? null);
  return way === "resume" || way === "checkAgain";
}

function MoreActions({
  datasource,
  commands,
  onAsk,
}: {
  datasource: LiveDatasource;
  commands: Commands;
  onAsk: (asking: Asking) => void;
}) {
  const { t } = useLingui();
  const [, navigate] = useLocation();
  const { organisation } = usePlace();
  const mayManage = useMay("MANAGE_DATASOURCES");
  const { id, name, platform, connection, takesSlot, disconnectedAt } = datasource;
  const place = useRef<HTMLSpanElement>(null);
  useShortcuts({ Period: () => place.current?.querySelector("button")?.click() });
  // What may still be done with it then is asked on its card.
  if (!mayManage || disconnectedAt !== null) return null;
  return (
    <span ref={place}>
      <Menu
        label={t`More actions`}
        button={{ className: "btn sq", "aria-label": t`More actions for ${name}` }}
        trigger={<Icon name="more" bold />}
      >
        {commands.may("RESYNC") && (
          <MenuItem icon="sync" onSelect={() => onAsk("resync")}>
            <Trans>Resync…</Trans>
          </MenuItem>
        )}
        {commands.may("REAUTHORIZE") && !connection?.isDead && (
          <MenuItem icon="key" onSelect={() => navigate(to.reauthorize(organisation.slug, platform.name, id))}>
            <Trans>Reauthorize…</Trans>
          </MenuItem>
        )}
        <MenuItem icon="pen" onSelect={() => navigate(to.datasource(organisation.slug, id, "settings"))}>
          {commands.may("SET_CADENCE") ? <Trans>Rename or change cadence</Trans> : <Trans>Rename</Trans>}
        </MenuItem>
        {commands.may("REPLACE") && takesSlot && (
          <MenuItem icon="undo" onSelect={() => onAsk("replace")}>
            <Trans>Replace…</Trans>
          </MenuItem>
        )}
        {commands.may("DISCONNECT") && (
          <>
            <MenuRule />
            <MenuItem icon="plug" danger onSelect={() => onAsk("disconnect")}>
              <Trans>Disconnect…</Trans>
            </MenuItem>
          </>
        )}
      </Menu>
    </span>
  );
}
