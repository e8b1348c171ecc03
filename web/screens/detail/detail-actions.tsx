import { Trans, useLingui } from "@lingui/react/macro";
import { lazy, Suspense, useState } from "react";
import { useLocation } from "wouter";
import type { LiveDatasource } from "../../live/live.documents.ts";
import { Icon } from "../../parts/icon.tsx";
import { Menu, MenuItem, MenuRule } from "../../parts/menu.tsx";
import { to } from "../../routes.ts";
import { useMay, usePlace } from "../../shell/organisation.tsx";
import { useShortcuts } from "../../shell/shortcuts.ts";
import { usePending } from "../commands/pending.ts";
import { type Commands, useCommands } from "../commands/use-commands.ts";
import { RemedyButton } from "../datasources/remedy-button.tsx";

const Stop = lazy(async () => ({ default: (await import("./stop-dialog.tsx")).StopDialog }));
const Resync = lazy(async () => ({ default: (await import("./resync-dialog.tsx")).ResyncDialog }));
const Replace = lazy(async () => ({ default: (await import("./replace-dialog.tsx")).ReplaceDialog }));
const Disconnect = lazy(async () => ({ default: (await import("./disconnect-dialog.tsx")).DisconnectDialog }));

type Asking = "stop" | "resync" | "replace" | "disconnect" | null;
const askable: readonly Asking[] = ["disconnect", "replace", "stop"];

/** What may be done now; what may not be is absent, and the reason stands with the state. */
export function DetailActions({ datasource, asked }: { datasource: LiveDatasource; asked: string | null }) {
  const [asking, setAsking] = useState<Asking>(askable.find((each) => each === asked) ?? null);
  const [path, navigate] = useLocation();
  const commands = useCommands(datasource);
  const syncing = usePending(datasource, "SYNC_NOW");
  const close = (): void => {
    setAsking(null);
    if (asked) navigate(path, { replace: true });
  };
  useShortcuts({ KeyS: () => void (commands.may("SYNC_NOW") && commands.syncNow()) });
  return (
    <div className="acts">
      <StopOrResume datasource={datasource} commands={commands} onStop={() => setAsking("stop")} />
      {commands.may("SYNC_NOW") && (
        <button type="button" className="btn" onClick={() => void commands.syncNow()} aria-disabled={syncing !== "no"}>
          <Icon name="sync" />
          {syncing === "no" ? (
            <Trans>Sync now</Trans>
          ) : datasource.currentRun ? (
            <Trans>Queued behind the running sync</Trans>
          ) : (
            <Trans>Starting…</Trans>
          )}
        </button>
      )}
      <MoreActions datasource={datasource} commands={commands} onAsk={setAsking} />
      <Suspense fallback={null}>
        {asking === "stop" && <Stop datasource={datasource} onClose={close} />}
        {asking === "resync" && <Resync datasource={datasource} onClose={close} />}
        {asking === "disconnect" && <Disconnect datasource={datasource} onClose={close} onInstead={setAsking} />}
        {asking === "replace" && <Replace datasource={datasource} onClose={close} />}
      </Suspense>
    </div>
  );
}

function StopOrResume({
  datasource,
  commands,
  onStop,
}: {
  datasource: LiveDatasource;
  commands: Commands;
  onStop: () => void;
}) {
  const { t } = useLingui();
  const stopping = usePending(datasource, "PAUSE");
  const resuming = usePending(datasource, "RESUME");
  const { name } = datasource;
  if (stopping !== "no" || resuming !== "no") {
    const isSlow = stopping === "slow" || resuming === "slow";
    return (
      <span className="btn" role="status" aria-disabled="true">
        {isSlow ? (
          <Trans>Still waiting. It will happen even if you leave.</Trans>
        ) : stopping !== "no" ? (
          <Trans>Stopping…</Trans>
        ) : (
          <Trans>Resuming…</Trans>
        )}
      </span>
    );
  }
  const { connection } = datasource;
  if (connection?.isDead && commands.may("REAUTHORIZE"))
    return <RemedyButton datasource={datasource} remedy={connection.reason?.remedy ?? null} look="btn pri" />;
  if (commands.may("RESUME") && !connection?.isDead)
    return (
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
  if (!commands.may("PAUSE")) return null;
  return (
    <button type="button" className="btn" aria-label={t`Stop data sync, ${name}`} onClick={onStop}>
      <Icon name="pause" />
      <Trans>Stop data sync</Trans>
    </button>
  );
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
  const { id, name, platform, connection, takesSlot } = datasource;
  if (!mayManage) return null;
  return (
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
        <Trans>Rename or change cadence</Trans>
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
  );
}
