import { Trans, useLingui } from "@lingui/react/macro";
import type { ReactNode } from "react";
import { Link } from "wouter";
import type { LiveDatasource, Reason } from "../../live/live.documents.ts";
import { OutsideLink } from "../../parts/outside-link.tsx";
import { to } from "../../routes.ts";
import { usePlace } from "../../shell/organisation.tsx";
import { useCommands } from "../commands/use-commands.ts";
import { wayOut } from "./ways-out.ts";

type Remedy = NonNullable<Reason["remedy"]>;

interface RemedyButtonProps {
  datasource: LiveDatasource;
  remedy: Remedy | null;
  look?: string;
}

/** Short enough for a row; where the remedy speaks of something else, a new consent is still the way. */
function consentWord(remedy: Remedy | null): ReactNode {
  if (remedy?.kind === "GRANT_SCOPES")
    return <Trans comment="asks for the missing scopes once more">Grant again</Trans>;
  return remedy?.kind === "REAUTHORIZE" || remedy?.kind === "SWITCH_ACCOUNT" ? (
    remedy.label
  ) : (
    <Trans>Reauthorize</Trans>
  );
}

/** The one thing to do, as a button; what nobody can press here is not shown. */
export function RemedyButton({ datasource, remedy, look = "btn s" }: RemedyButtonProps) {
  const { t } = useLingui();
  const { organisation } = usePlace();
  const commands = useCommands(datasource);
  const { id, name, platform } = datasource;
  const way = wayOut(datasource, remedy);
  switch (way) {
    case "link":
      return (
        <OutsideLink className={look} href={remedy?.url ?? ""}>
          {remedy?.label}
        </OutsideLink>
      );
    case "reauthorize":
      return (
        <Link className={look} href={to.reauthorize(organisation.slug, platform.name, id)}>
          {consentWord(remedy)}
          <span className="vh">, {name}</span>
        </Link>
      );
    case "resume":
      return (
        <button type="button" className={look} aria-label={t`Resume ${name}`} onClick={() => void commands.resume()}>
          <Trans>Resume</Trans>
        </button>
      );
    case "resync":
      return (
        <Link className={look} href={to.asking(organisation.slug, id, "resync")}>
          <Trans>Resync…</Trans>
          <span className="vh">, {name}</span>
        </Link>
      );
    case "checkAgain":
      return (
        <button
          type="button"
          className={look}
          aria-label={t`Check again whether ${name} can be read`}
          onClick={() => void commands.resume()}
        >
          <Trans>Check again</Trans>
        </button>
      );
    case "giveFile":
    case "lookAtFile":
      return (
        <Link className={look} href={to.datasource(organisation.slug, id, "files")}>
          {way === "giveFile" ? <Trans>Give a file</Trans> : <Trans>Look at the file</Trans>}
          <span className="vh">, {name}</span>
        </Link>
      );
    case "plan":
      return (
        <Link className={look} href={to.plan(organisation.slug)}>
          {remedy?.label}
          <span className="vh">, {name}</span>
        </Link>
      );
    case null:
      return null;
  }
}
