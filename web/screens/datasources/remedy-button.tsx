import { Trans, useLingui } from "@lingui/react/macro";
import { Link } from "wouter";
import type { LiveDatasource, Reason } from "../../live/live.documents.ts";
import { Icon } from "../../parts/icon.tsx";
import { to } from "../../routes.ts";
import { usePlace } from "../../shell/organisation.tsx";
import { useCommands } from "../commands/use-commands.ts";

type Remedy = NonNullable<Reason["remedy"]>;

/** The one thing to do, as a button; what nobody can press here is not shown. */
export function RemedyButton({ datasource, remedy }: { datasource: LiveDatasource; remedy: Remedy | null }) {
  const { t } = useLingui();
  const { organisation } = usePlace();
  const commands = useCommands(datasource);
  const { name, platform } = datasource;
  if (remedy?.url)
    return (
      <a className="btn s" href={remedy.url} target="_blank" rel="noreferrer">
        {remedy.label}
        <Icon name="out" />
      </a>
    );
  if (commands.may("RESUME") && (remedy === null || remedy.kind === "RESUME" || remedy.kind === "RETRY"))
    return (
      <button type="button" className="btn s" aria-label={t`Resume ${name}`} onClick={() => void commands.resume()}>
        <Trans>Resume</Trans>
      </button>
    );
  if (commands.may("REAUTHORIZE") && remedy?.kind === "REAUTHORIZE")
    return (
      <Link
        className="btn s"
        href={`${to.connect(organisation.slug, platform.name)}?reauthorize=${encodeURIComponent(datasource.id)}`}
      >
        {remedy.label}
        <span className="vh">, {name}</span>
      </Link>
    );
  return null;
}
