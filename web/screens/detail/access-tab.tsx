import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "urql";
import { Link } from "wouter";
import { useFormat } from "../../language.tsx";
import type { LiveDatasource } from "../../live/live.documents.ts";
import { Icon } from "../../parts/icon.tsx";
import { LoadFailed, Skeleton } from "../../parts/states.tsx";
import { Ago, When } from "../../parts/time.tsx";
import { to } from "../../routes.ts";
import { usePlace } from "../../shell/organisation.tsx";
import { useCommands } from "../commands/use-commands.ts";
import { Fact } from "./fact.tsx";
import { LinksCard } from "./links-card.tsx";
import { type Ended, endedAt, GrantEnd } from "./grant-end.tsx";
import { type Access, AccessQuery } from "./detail.documents.ts";

export function AccessTab({ datasource }: { datasource: LiveDatasource }) {
  const [{ data, error }, refresh] = useQuery({
    query: AccessQuery,
    variables: { id: datasource.id },
    requestPolicy: "cache-and-network",
  });
  if (!data?.datasource)
    return error ? (
      <LoadFailed
        error={error}
        onRetry={() => refresh({ requestPolicy: "network-only" })}
        what={<Trans>The access could not be read.</Trans>}
      />
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
        <Scopes access={access} hasEnded={ended !== null} />
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

function Scopes({ access, hasEnded }: { access: Access; hasEnded: boolean }) {
  const scopes = access.grant?.scopes ?? [];
  return (
    <section className="card" aria-labelledby="scopes">
      <header>
        <h2 id="scopes">
          <Trans>Scopes</Trans>
        </h2>
        <span className="faint num sm">{scopes.length}</span>
        <span className="grow" />
        <span className="xs faint">
          <Trans>Read-only. Nothing is ever changed at the source.</Trans>
        </span>
      </header>
      {scopes.length === 0 ? (
        <p className="none sm dim">
          <Trans>No scope is granted now.</Trans>
        </p>
      ) : (
        <ul className="scopel">
          {scopes.map(({ name, purpose, isGranted, isRequired, isAsked }) => (
            <li key={name}>
              <span className={isGranted ? (hasEnded ? "faint" : "good") : isRequired ? "bad" : "faint"}>
                <Icon name={isGranted ? "tick" : isRequired ? "cross" : "dashed"} />
              </span>
              <div className="grow">
                <p>{purpose}</p>
                <p className="xs faint">
                  {isGranted && hasEnded ? (
                    <Trans comment="a scope of a grant that no longer works">was granted</Trans>
                  ) : isGranted ? (
                    isAsked ? (
                      <Trans>granted</Trans>
                    ) : (
                      <Trans>granted, though we did not ask for it</Trans>
                    )
                  ) : isRequired ? (
                    <Trans>missing, and needed</Trans>
                  ) : (
                    <Trans>not granted, optional</Trans>
                  )}
                </p>
              </div>
              <code translate="no">{name}</code>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Calls({ access }: { access: Access }) {
  const { t } = useLingui();
  const format = useFormat();
  const { calls } = access;
  return (
    <section className="card" aria-labelledby="calls">
      <header>
        <h2 id="calls">
          <Trans>Calls made with it, last 7 days</Trans>
        </h2>
      </header>
      {calls.length === 0 ? (
        <p className="none sm dim">
          <Trans>No call yet.</Trans>
        </p>
      ) : (
        <div className="tw" tabIndex={0} role="group" aria-label={t`Calls`}>
          <table className="d">
            <thead>
              <tr>
                <th scope="col">
                  <Trans>Call</Trans>
                </th>
                <th scope="col" className="r">
                  <Trans comment="number of calls">Calls</Trans>
                </th>
                <th scope="col" className="r hide-s">
                  <Trans comment="number of failed calls">Failed</Trans>
                </th>
                <th scope="col" className="r hide-s">
                  <Trans comment="number of calls the source slowed down">Slowed</Trans>
                </th>
                <th scope="col" className="r hide-s">
                  <Trans comment="bytes received">Received</Trans>
                </th>
              </tr>
            </thead>
            <tbody>
              {calls.map((call) => (
                <tr key={`${call.method} ${call.path}`}>
                  <td className="mono breaks" translate="no">
                    {call.method} {call.path}
                  </td>
                  <td className="r num">{format.count(call.calls)}</td>
                  <td className={`r num hide-s ${call.failures === "0" ? "" : "warn"}`}>
                    {format.count(call.failures)}
                  </td>
                  <td className="r num hide-s">{format.count(call.throttled)}</td>
                  <td className="r num nowrap hide-s">{format.bytes(call.bytes)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
