import { Trans, useLingui } from "@lingui/react/macro";
import { useLocation } from "wouter";
import type { LiveDatasource } from "../../live/live.documents.ts";
import { Icon } from "../../parts/icon.tsx";
import { Menu, MenuItem } from "../../parts/menu.tsx";
import { to } from "../../routes.ts";
import { usePlace } from "../../shell/organisation.tsx";
import { usePending } from "../commands/pending.ts";
import { useCommands } from "../commands/use-commands.ts";
import { RemedyButton } from "./remedy-button.tsx";
import { pressingReason, wayOut } from "./ways-out.ts";

/** One thing to do is a button; nothing to do is `⋯`. Never both for the same thing. */
export function RowActions({ datasource }: { datasource: LiveDatasource }) {
  const { t } = useLingui();
  const [, navigate] = useLocation();
  const { organisation } = usePlace();
  const commands = useCommands(datasource);
  const resuming = usePending(datasource, "RESUME");
  const { id, name } = datasource;
  const remedy = pressingReason(datasource)?.remedy ?? null;
  if (resuming !== "no")
    return (
      <span className="xs dim nowrap">
        <Trans>Resuming…</Trans>
      </span>
    );
  if (wayOut(datasource, remedy) !== null) return <RemedyButton datasource={datasource} remedy={remedy} />;
  return (
    <Menu
      label={t`Actions for ${name}`}
      button={{ className: "iconb", "aria-label": t`Actions for ${name}` }}
      trigger={<Icon name="more" bold />}
    >
      <MenuItem icon="right" onSelect={() => navigate(to.datasource(organisation.slug, id))}>
        <Trans>Open</Trans>
      </MenuItem>
      {commands.may("SYNC_NOW") && (
        <MenuItem icon="sync" onSelect={() => void commands.syncNow()}>
          <Trans>Sync now</Trans>
        </MenuItem>
      )}
      <MenuItem icon="clock" onSelect={() => navigate(to.datasource(organisation.slug, id, "runs"))}>
        <Trans>See its runs</Trans>
      </MenuItem>
      {commands.may("DISCONNECT") && (
        <MenuItem icon="plug" danger onSelect={() => navigate(to.asking(organisation.slug, id, "disconnect"))}>
          <Trans>Disconnect…</Trans>
        </MenuItem>
      )}
    </Menu>
  );
}
