import { Plural, Trans } from "@lingui/react/macro";
import { useFormat } from "../../language.tsx";
import { Icon } from "../../parts/icon.tsx";
import { useNow } from "../../parts/time.tsx";
import type { Access } from "./detail.documents.ts";
import type { Ended } from "./grant-end.tsx";
import { usedUntil } from "./used-until.ts";

type Grant = NonNullable<Access["grant"]>;
type Scope = Grant["scopes"][number];

interface ScopesProps {
  grant: Grant;
  ended: Ended | null;
}

/** Each as asked, as granted and as used; what is of no use is pointed out, with the way to take it away. */
export function Scopes({ grant: { scopes }, ended }: ScopesProps) {
  const unused = ended ? 0 : scopes.filter(({ isUnused }) => isUnused).length;
  return (
    <section className="card" aria-labelledby="scopes">
      <header>
        <h2 id="scopes">
          <Trans>Scopes</Trans>
        </h2>
        <span className="faint num sm">{scopes.length}</span>
        {unused > 0 && (
          <span className="warn sm">
            <Plural value={unused} one="# is of no use" other="# are of no use" />
          </span>
        )}
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
          {scopes.map((scope) => (
            <ScopeLine key={scope.name} scope={scope} ended={ended} />
          ))}
        </ul>
      )}
    </section>
  );
}

function ScopeLine({ scope, ended }: { scope: Scope; ended: Ended | null }) {
  const hasEnded = ended !== null;
  const { name, purpose, isGranted, isRequired } = scope;
  return (
    <li>
      <span className={isGranted ? (hasEnded ? "faint" : "good") : isRequired ? "bad" : "faint"}>
        <Icon name={isGranted ? "tick" : isRequired ? "cross" : "dashed"} />
      </span>
      <div className="grow">
        <p>{purpose}</p>
        <p className="xs faint">
          <Granted scope={scope} hasEnded={hasEnded} />
          {isGranted && (
            <>
              {" · "}
              <LastUsed at={scope.lastUsedAt} ended={ended} />
            </>
          )}
        </p>
        {!hasEnded && scope.isUnused && <Unused scope={scope} />}
      </div>
      <code translate="no">{name}</code>
    </li>
  );
}

function Granted({ scope: { isGranted, isAsked, isRequired }, hasEnded }: { scope: Scope; hasEnded: boolean }) {
  if (!isGranted) return isRequired ? <Trans>missing, and needed</Trans> : <Trans>not granted, optional</Trans>;
  if (hasEnded) return <Trans comment="a scope of a grant that no longer works">was granted</Trans>;
  return isAsked ? <Trans>granted</Trans> : <Trans>granted, though we did not ask for it</Trans>;
}

/** The ledger counts by the hour; of one that is long ago the day says enough. */
function LastUsed({ at, ended }: { at: string | null; ended: Ended | null }) {
  const format = useFormat();
  const now = useNow();
  if (at === null) return <Trans comment="of a permission">no use in the last 90 days</Trans>;
  const from = format.whenWithin(at);
  const until = format.time(usedUntil(at, now, ended?.at));
  if (!from.includes(format.time(at)) || until === format.time(at))
    return <Trans comment="of a permission">last used {from}</Trans>;
  return (
    <Trans comment="of a permission: on a day, between two times">
      last used {from}–{until}
    </Trans>
  );
}

function Unused({ scope: { isAsked, lastUsedAt, howToRemove } }: { scope: Scope }) {
  return (
    <p className="xs warn">
      {isAsked || lastUsedAt !== null ? (
        <Trans>Calls were made for 30 days without it.</Trans>
      ) : (
        <Trans>Nothing is read with it: better take it away.</Trans>
      )}{" "}
      {howToRemove}
    </p>
  );
}
