import { Plural, Trans } from "@lingui/react/macro";
import { Link } from "wouter";
import { useFormat } from "../../language.tsx";
import { useMore } from "../../parts/and-more.tsx";
import { Glyph } from "../../parts/glyph.tsx";
import { LongList, type Placed } from "../../parts/long-rows.tsx";
import { Ago } from "../../parts/time.tsx";
import { comesInFiles, to } from "../../routes.ts";
import { usePlace } from "../../shell/organisation.tsx";
import { GrantEnd } from "../detail/grant-end.tsx";
import type { LivingGrant } from "./access-review.documents.ts";

/** Every consent and key that lives, the oldest first: also what renews itself and what never ends. */
export function LivingGrants({ grants }: { grants: readonly LivingGrant[] }) {
  return (
    <section className="card pad" aria-labelledby="living">
      <h2 id="living">
        <Trans>Grants and keys that still work</Trans>
      </h2>
      {grants.length === 0 ? (
        <p className="sm dim">
          <Trans comment="grants or keys that still work">There are none.</Trans>
        </p>
      ) : (
        <ul className="ls endings">
          <LongList
            rows={grants}
            rowHeight={72}
            renderRow={(living, placed) => <GrantLine key={keyOf(living)} living={living} placed={placed} />}
          />
        </ul>
      )}
    </section>
  );
}

/** The feeds of one datasource have each a secret of its own; accounts of one holder may have been connected at once. */
const keyOf = ({ platform, datasources, grant }: LivingGrant): string =>
  [platform.id, ...datasources.map(({ id }) => id), grant.holder, grant.createdAt].join(" ");

function GrantLine({ living, placed }: { living: LivingGrant; placed: Placed }) {
  const { organisation } = usePlace();
  const { platform, datasources, grant } = living;
  const { shown, more } = useMore(datasources);
  const unused = grant.scopes.filter(({ isUnused }) => isUnused).length;
  const first = datasources[0];
  const tab = comesInFiles(platform.method) ? "files" : "access";
  return (
    <li {...placed}>
      <Glyph title={platform.title} category={platform.category} />
      <div className="grow">
        <b>{grant.holder}</b> · {platform.title}
        {grant.credential?.lastFour && (
          <span className="mono faint" translate="no">
            {" "}
            ····{grant.credential.lastFour}
          </span>
        )}
        <p className="xs faint">
          {shown.map(({ id, name }, n) => (
            <span key={id}>
              {n > 0 && ", "}
              <Link href={to.datasource(organisation.slug, id, tab)}>{name}</Link>
            </span>
          ))}{" "}
          {more}
        </p>
        <p className="xs faint">
          <Given living={living} />
          {" · "}
          {grant.credential?.lastUsedAt ? (
            <>
              <Trans>last used</Trans> <Ago at={grant.credential.lastUsedAt} />
            </>
          ) : (
            <Trans>not used yet</Trans>
          )}
        </p>
        {unused > 0 && first && (
          <p className="xs">
            <Link className="warn" href={to.datasource(organisation.slug, first.id, tab)}>
              <Plural value={unused} one="# scope is of no use" other="# scopes are of no use" />
            </Link>
          </p>
        )}
      </div>
      <span className="sm">
        <GrantEnd endsAt={grant.endsAt} renewsItself={grant.renewsItself} isAlone />
      </span>
    </li>
  );
}

/** How old it is, and whose; of whoever left it is said. */
function Given({ living: { grant, giverLeft } }: { living: LivingGrant }) {
  const format = useFormat();
  const at = format.whenWithin(grant.createdAt);
  const by = grant.givenBy?.name;
  if (!by) return <Trans comment="a grant or key">given {at}</Trans>;
  if (!giverLeft)
    return (
      <Trans comment="a grant or key">
        given {at} by {by}
      </Trans>
    );
  return (
    <span className="warn">
      <Trans comment="a grant or key">
        given {at} by {by}, who is no member any more
      </Trans>
    </span>
  );
}
