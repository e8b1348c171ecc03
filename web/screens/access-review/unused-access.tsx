import { Plural, Trans } from "@lingui/react/macro";
import { Link } from "wouter";
import { useLive } from "../../live/live.tsx";
import { Glyph } from "../../parts/glyph.tsx";
import { LongList } from "../../parts/long-rows.tsx";
import { Ago, useNow } from "../../parts/time.tsx";
import { to } from "../../routes.ts";
import { usePlace } from "../../shell/organisation.tsx";
import { unusedAfterDays, unusedSince } from "./unused.ts";

/** Grants with which nothing is read any more, the longest unused first: each is an access that could be ended. */
export function UnusedAccess() {
  const { organisation } = usePlace();
  const now = useNow();
  const byId = useLive((state) => state.byId);
  const unused = [...byId.values()]
    .filter(({ grant, disconnectedAt }) => grant !== null && disconnectedAt === null)
    .flatMap((datasource) => {
      const since = unusedSince(datasource.lastSuccessAt, datasource.connectedAt, now);
      return since === null ? [] : [{ datasource, since }];
    })
    .toSorted((a, b) => Date.parse(a.since) - Date.parse(b.since));
  return (
    <section className="card pad" aria-labelledby="unused">
      <h2 id="unused">
        <Plural value={unusedAfterDays} one="Access not used for # day" other="Access not used for # days" />
      </h2>
      {unused.length === 0 ? (
        <p className="sm dim">
          <Trans>None. Whatever has access is read with it.</Trans>
        </p>
      ) : (
        <>
          <p className="sm dim">
            <Trans>
              Nothing was read with these. Disconnect what nobody needs: its access ends, its data may stay.
            </Trans>
          </p>
          <ul className="ls endings">
            <LongList
              rows={unused}
              rowHeight={55}
              renderRow={({ datasource: { id, name, platform, grant }, since }, placed) => (
                <li key={id} {...placed}>
                  <Glyph title={platform.title} category={platform.category} />
                  <div className="grow">
                    <Link href={to.datasource(organisation.slug, id, "access")}>
                      <b>{name}</b>
                    </Link>
                    <p className="xs faint">{grant?.holder}</p>
                  </div>
                  <span className="warn nowrap">
                    <Trans>
                      last read <Ago at={since} />
                    </Trans>
                  </span>
                </li>
              )}
            />
          </ul>
        </>
      )}
    </section>
  );
}
