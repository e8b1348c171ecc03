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
import type { LivingGrant, ReviewRow } from "./access-review.documents.ts";
import { Decide } from "./decide.tsx";
import { decidedAs } from "./decided.ts";
import { WhereDone } from "./where-done.tsx";

/** Every consent and key that lives, the oldest first: also what renews itself and what never ends. */
export function LivingGrants({ rows }: { rows: readonly ReviewRow[] }) {
  return (
    <section className="card pad" aria-labelledby="living">
      <h2 id="living">
        <Trans>Grants and keys that still work</Trans>
      </h2>
      {rows.length === 0 ? (
        <p className="sm dim">
          <Trans comment="grants or keys that still work">There are none.</Trans>
        </p>
      ) : (
        <ul className="ls reviewed">
          <LongList
            rows={rows}
            rowHeight={92}
            renderRow={(row, placed) =>
              row.grant && <GrantLine key={row.id} row={row} living={row.grant} placed={placed} />
            }
          />
        </ul>
      )}
    </section>
  );
}

interface LineProps {
  row: ReviewRow;
  living: LivingGrant;
  placed: Placed;
}

function GrantLine({ row, living, placed }: LineProps) {
  const { organisation } = usePlace();
  const { platform, datasources, grant } = living;
  const { shown, more } = useMore(datasources);
  const unused = grant.scopes.filter(({ isUnused }) => isUnused).length;
  const first = datasources[0];
  const chosen = decidedAs(row);
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
          {" · "}
          <GrantEnd endsAt={grant.endsAt} renewsItself={grant.renewsItself} isAlone />
        </p>
        {unused > 0 && first && (
          <p className="xs">
            <Link className="warn" href={to.datasource(organisation.slug, first.id, tab)}>
              <Plural value={unused} one="# scope is of no use" other="# scopes are of no use" />
            </Link>
          </p>
        )}
      </div>
      <Decide row={row} what={`${grant.holder}, ${platform.title}`}>
        {chosen !== null && chosen !== "KEEP" && <WhereDone choice={chosen} living={living} />}
      </Decide>
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
