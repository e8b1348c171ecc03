import { Trans } from "@lingui/react/macro";
import { useQuery } from "urql";
import { Link } from "wouter";
import type { LiveDatasource } from "../../live/live.documents.ts";
import { useRefresh } from "../../live/use-refresh.ts";
import { LoadFailed, Skeleton } from "../../parts/states.tsx";
import { Ago, When } from "../../parts/time.tsx";
import { to } from "../../routes.ts";
import { usePlace } from "../../shell/organisation.tsx";
import { useCommands } from "../commands/use-commands.ts";
import { Fact } from "./fact.tsx";
import { Calls } from "./access-calls.tsx";
import { Scopes } from "./access-scopes.tsx";
import { timelineKey } from "./timeline-key.ts";
import { LinksCard } from "./links-card.tsx";
import { type Ended, endedAt, GrantEnd } from "./grant-end.tsx";
import { type Access, AccessQuery } from "./detail.documents.ts";

export function AccessTab({ datasource }: { datasource: LiveDatasource }) {
  const [{ data, error }, refresh] = useQuery({
    query: AccessQuery,
    variables: { id: datasource.id },
    requestPolicy: "cache-and-network",
  });
  const again = (): void => refresh({ requestPolicy: "network-only" });
  useRefresh(timelineKey(datasource), again);
  if (!data?.datasource)
    return error ? (
      <LoadFailed error={error} onRetry={again} what={<Trans>The access could not be read.</Trans>} />
    ) : (
      <Skeleton>
        <div className="card skmap" />
      </Skeleton>
    );
  return <AccessView datasource={datasource} access={data.datasource} ended={endedAt(datasource)} />;
}

/** Whose grant this is, what it may read, and every call that was made with it. */
function AccessView({ datasource, access, ended }: HolderProps) {
  return (
    <div className="cols">
      <div className="stack">
        {access.grant && <Scopes grant={access.grant} ended={ended} />}
        <LinksCard datasource={datasource} />
        <Calls access={access} />
      </div>
      <aside className="stack">
        <Holder datasource={datasource} access={access} ended={ended} />
      </aside>
    </div>
  );
}

interface HolderProps {
  datasource: LiveDatasource;
  access: Access;
  ended: Ended | null;
}

function Holder({ datasource, access, ended }: HolderProps) {
  const { grant } = access;
  return (
    <section className="card" aria-labelledby="holder">
      <header>
        <h2 id="holder">
          <Trans>Grant</Trans>
        </h2>
        <span className="grow" />
        <RenewLink datasource={datasource} />
      </header>
      {grant ? (
        <GrantFacts grant={grant} ended={ended} isKey={datasource.platform.method === "API_KEY"} />
      ) : (
        <p className="none sm dim">
          <Trans>No grant is held.</Trans>
        </p>
      )}
    </section>
  );
}

/** A pasted key is changed without a gap; a consent is given again. */
function RenewLink({ datasource }: { datasource: LiveDatasource }) {
  const { organisation } = usePlace();
  const commands = useCommands(datasource);
  const { id, platform } = datasource;
  if (!commands.may("REAUTHORIZE")) return null;
  return (
    <Link className="btn s" href={to.reauthorize(organisation.slug, platform.name, id)}>
      {platform.method === "API_KEY" ? <Trans>Paste a new key</Trans> : <Trans>Reauthorize</Trans>}
    </Link>
  );
}

interface FactsProps {
  grant: NonNullable<Access["grant"]>;
  ended: Ended | null;
  /** It was pasted: its age is worth knowing. */
  isKey: boolean;
}

function GrantFacts({ grant, ended, isKey }: FactsProps) {
  const { holder, createdAt, verifiedAt, endsAt, credential } = grant;
  return (
    <dl className="facts">
      <Fact term={<Trans>Holder</Trans>}>{holder}</Fact>
      <Fact term={<Trans>Given</Trans>}>
        <When at={createdAt} />
      </Fact>
      {verifiedAt && (
        <Fact term={<Trans>Checked</Trans>}>
          <When at={verifiedAt} />
        </Fact>
      )}
      {ended ? (
        <Fact term={<Trans comment="since when a grant no longer works">Ended</Trans>}>
          {ended.at ? <When at={ended.at} /> : <Trans comment="a grant no longer works">yes</Trans>}
        </Fact>
      ) : (
        <Fact term={<Trans>Ends</Trans>}>
          <GrantEnd endsAt={endsAt} renewsItself={grant.renewsItself} />
        </Fact>
      )}
      {credential && (
        <Fact term={isKey ? <Trans>Key</Trans> : <Trans>Credential</Trans>}>
          {credential.lastFour && (
            <span className="mono" translate="no">
              ····{credential.lastFour}
            </span>
          )}
          {isKey && (
            <span className="xs faint block">
              <Trans>
                pasted <Ago at={credential.createdAt} />
              </Trans>
            </span>
          )}
          <span className="xs faint block">
            {credential.lastUsedAt ? (
              <>
                <Trans>last used</Trans> <Ago at={credential.lastUsedAt} />
              </>
            ) : (
              <Trans>not used yet</Trans>
            )}
          </span>
        </Fact>
      )}
    </dl>
  );
}
