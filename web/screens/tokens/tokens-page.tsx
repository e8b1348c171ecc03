import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { useEffect, useState } from "react";
import { useFormat } from "../../language.tsx";
import { Icon } from "../../parts/icon.tsx";
import { LoadFailed, Skeleton } from "../../parts/states.tsx";
import { Ago, useNow } from "../../parts/time.tsx";
import { usePages } from "../../parts/use-pages.ts";
import { NotYours, useAdmins } from "../../shell/not-yours.tsx";
import { useMay } from "../../shell/organisation.tsx";
import { PageHeading, usePageTitle } from "../../shell/page.tsx";
import { unusedAfterDays, unusedSince } from "../access-review/unused.ts";
import { CreateToken } from "./create-token.tsx";
import { RevokeToken } from "./revoke-token.tsx";
import { type Token, TokensQuery } from "./tokens.documents.ts";
import { usesOf, useWords } from "./uses.ts";
import "./tokens.css";

const pageSize = 100;

export function TokensPage() {
  return useMay("MANAGE_TOKENS") ? <Tokens /> : <AskForTokens />;
}

function Tokens() {
  const { rows, error, again, more } = usePages(
    TokensQuery,
    { first: pageSize },
    (data) => data.organisation?.apiTokens,
  );
  return (
    <TokensView
      tokens={rows}
      more={more}
      error={
        error ? <LoadFailed error={error} onRetry={again} what={<Trans>The tokens could not be read.</Trans>} /> : null
      }
      onChanged={again}
    />
  );
}

function AskForTokens() {
  const { t } = useLingui();
  const names = useAdmins();
  return (
    <NotYours title={t`API tokens`} about="API_TOKEN">
      <Trans>With a token another tool reads and drives this organisation. Admins make them: ask {names}.</Trans>
    </NotYours>
  );
}

interface TokensViewProps {
  tokens: readonly Token[] | null;
  /** Reads the next older ones. */
  more: (() => void) | null;
  error: React.ReactNode;
  onChanged: () => void;
}

function TokensView({ tokens, more, error, onChanged }: TokensViewProps) {
  const { t } = useLingui();
  const [creating, setCreating] = useState(false);
  // Older ones than those of the first page are not read again.
  const [revoked, setRevoked] = useState<readonly string[]>([]);
  usePageTitle(t`API tokens`);
  const alive = tokens?.filter(({ id, revokedAt }) => revokedAt === null && !revoked.includes(id)) ?? [];
  // A page of which all are revoked shows nothing: the next one is read at once.
  const readsOn = tokens !== null && alive.length === 0 && more !== null && error === null;
  useEffect(() => {
    if (readsOn) more?.();
  }, [readsOn, more]);
  return (
    <>
      <div className="ph">
        <div>
          <PageHeading>
            <Trans>API tokens</Trans>
          </PageHeading>
          <p className="dim">
            <Trans>
              With a token another tool queries, subscribes and commands over GraphQL, as this organisation and nothing
              else.
            </Trans>
          </p>
        </div>
        <div className="acts">
          <button type="button" className="btn pri" onClick={() => setCreating(true)}>
            <Icon name="plus" />
            <Trans>Create a token</Trans>
          </button>
        </div>
      </div>
      {error}
      {tokens === null || readsOn ? (
        !error && (
          <Skeleton>
            <div className="card skmap" />
          </Skeleton>
        )
      ) : alive.length === 0 && !more ? (
        <section className="card first">
          <p>
            <Trans>
              No token yet. Make one to list datasources, watch their progress or start a resync from another tool.
            </Trans>
          </p>
        </section>
      ) : (
        <TokenTable
          tokens={alive}
          more={more}
          onRevoked={(id) => {
            setRevoked([...revoked, id]);
            onChanged();
          }}
        />
      )}
      {creating && (
        <CreateToken
          onClose={() => {
            setCreating(false);
            onChanged();
          }}
        />
      )}
    </>
  );
}

interface TokenTableProps extends Pick<TokensViewProps, "more"> {
  tokens: readonly Token[];
  onRevoked: (id: string) => void;
}

function TokenTable({ tokens, more, onRevoked }: TokenTableProps) {
  const { t } = useLingui();
  const [revoking, setRevoking] = useState<Token | null>(null);
  return (
    <section className="card" aria-label={t`API tokens`}>
      <table className="tokens folds">
        <thead>
          <tr>
            <th scope="col">
              <Trans>Name</Trans>
            </th>
            <th scope="col">
              <Trans>Token</Trans>
            </th>
            <th scope="col">
              <Trans>What it may do</Trans>
            </th>
            <th scope="col">
              <Trans>Last used</Trans>
            </th>
            <th scope="col">
              <Trans>Ends</Trans>
            </th>
            <th scope="col">
              <span className="vh">
                <Trans>Action</Trans>
              </span>
            </th>
          </tr>
        </thead>
        <tbody>
          {tokens.map((token) => (
            <TokenRow key={token.id} token={token} onRevoke={() => setRevoking(token)} />
          ))}
        </tbody>
      </table>
      {more && (
        <button type="button" className="more" onClick={more}>
          <Trans>Load more</Trans>
        </button>
      )}
      {revoking && (
        <RevokeToken
          token={revoking}
          onClose={(changed) => {
            setRevoking(null);
            if (changed) onRevoked(revoking.id);
          }}
        />
      )}
    </section>
  );
}

function TokenRow({ token, onRevoke }: { token: Token; onRevoke: () => void }) {
  const { t } = useLingui();
  const format = useFormat();
  const { name, prefix, lastFour, scopes, createdBy, createdAt, lastUsedAt, lastUsedFrom, expiresAt } = token;
  const now = useNow();
  const isOver = Date.parse(expiresAt) < now;
  const isUnused = !isOver && unusedSince(lastUsedAt, createdAt, now) !== null;
  return (
    <tr>
      <td>
        <b className="cut">{name}</b>
        <span className="xs faint">
          <Trans>
            by {createdBy}, {format.day(format.dayOf(createdAt))}
          </Trans>
        </span>
      </td>
      <td className="mono" translate="no">
        {prefix.slice(0, 10)}…{lastFour}
      </td>
      <td>
        <span className="lab">
          <Trans>What it may do</Trans>{" "}
        </span>
        {usesOf(scopes)
          .map((use) => t(useWords[use]))
          .join(", ")}
      </td>
      <td>
        <span className="lab">
          <Trans>Last used</Trans>{" "}
        </span>
        {lastUsedAt ? <Ago at={lastUsedAt} /> : <Trans comment="a token that was never used">never</Trans>}
        {isUnused && (
          <span className="xs warn block">
            <Plural value={unusedAfterDays} one="not used for # day" other="not used for # days" />
          </span>
        )}
        {lastUsedFrom && (
          <span className="xs faint block" translate="no">
            {lastUsedFrom}
          </span>
        )}
      </td>
      <td className={isOver ? "bad" : ""}>
        <span className="lab">
          <Trans>Ends</Trans>{" "}
        </span>
        {isOver ? (
          <Trans>ended {format.day(format.dayOf(expiresAt))}</Trans>
        ) : (
          format.day(format.dayOf(expiresAt), { year: true })
        )}
      </td>
      <td className="act">
        <button type="button" className="btn s" aria-label={t`Revoke ${name}`} onClick={onRevoke}>
          <Trans>Revoke</Trans>
        </button>
      </td>
    </tr>
  );
}
