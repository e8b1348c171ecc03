import { Trans } from "@lingui/react/macro";
import { Link } from "wouter";
import type { LiveDatasource } from "../../live/live.documents.ts";
import { Icon } from "../../parts/icon.tsx";
import { to } from "../../routes.ts";
import { usePlace } from "../../shell/organisation.tsx";
import { useCommands } from "../commands/use-commands.ts";
import type { Rehearsal } from "./detail.documents.ts";

interface AlternativesProps {
  datasource: LiveDatasource;
  rehearsal: Rehearsal | null;
  onInstead: (asked: "stop" | "replace") => void;
}

/** What could be done instead, the gentlest first; what this person may not do is absent. */
export function Alternatives({ datasource, rehearsal, onInstead }: AlternativesProps) {
  const commands = useCommands(datasource);
  const { organisation } = usePlace();
  const { id, platform, takesSlot } = datasource;
  const may: Record<Rehearsal["alternatives"][number], boolean> = {
    CHANGE_CADENCE: commands.may("SET_CADENCE"),
    REAUTHORIZE: commands.may("REAUTHORIZE"),
    REPLACE: commands.may("REPLACE") && takesSlot,
    STOP: commands.may("PAUSE"),
  };
  const offered = (rehearsal?.alternatives ?? []).filter((each) => may[each]);
  return offered.map((alternative) => {
    switch (alternative) {
      case "STOP":
        return (
          <button key={alternative} type="button" className="btn" onClick={() => onInstead("stop")}>
            <Icon name="pause" />
            <Trans>Stop instead</Trans>
          </button>
        );
      case "REPLACE":
        return (
          <button key={alternative} type="button" className="btn" onClick={() => onInstead("replace")}>
            <Icon name="undo" />
            <Trans>Replace instead</Trans>
          </button>
        );
      case "CHANGE_CADENCE":
        return (
          <Link key={alternative} className="btn" href={to.datasource(organisation.slug, id, "settings")}>
            <Icon name="clock" />
            <Trans>Sync less often instead</Trans>
          </Link>
        );
      case "REAUTHORIZE":
        return (
          <Link key={alternative} className="btn" href={to.reauthorize(organisation.slug, platform.name, id)}>
            <Icon name="key" />
            <Trans>Reauthorize instead</Trans>
          </Link>
        );
    }
  });
}
