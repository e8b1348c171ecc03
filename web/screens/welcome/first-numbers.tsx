import { Trans } from "@lingui/react/macro";
import { Link } from "wouter";
import { useFormat } from "../../language.tsx";
import { useLive } from "../../live/live.tsx";
import type { LiveDatasource } from "../../live/live.documents.ts";
import { Bar } from "../../parts/bar.tsx";
import { Glyph } from "../../parts/glyph.tsx";
import { Icon } from "../../parts/icon.tsx";
import { Rows } from "../../parts/rows.tsx";
import { useNow } from "../../parts/time.tsx";
import { to } from "../../routes.ts";
import { usePlace } from "../../shell/organisation.tsx";
import { isStuck } from "./stuck.ts";

/** The first source as it comes in, from the same live values as everywhere else. */
export function FirstNumbers() {
  const byId = useLive((state) => state.byId);
  const now = useNow();
  const first = [...byId.values()]
    .filter(({ disconnectedAt, connection }) => disconnectedAt === null && connection !== null)
    .toSorted((a, b) => a.createdAt.localeCompare(b.createdAt))[0];
  return first ? <FirstCard datasource={first} now={now} /> : null;
}

function FirstCard({ datasource, now }: { datasource: LiveDatasource; now: number }) {
  const { organisation } = usePlace();
  const { id, name, platform, streams } = datasource;
  return (
    <section className="card pad" aria-labelledby="first">
      <div className="row">
        <Glyph title={platform.title} category={platform.category} />
        <h2 id="first" className="grow">
          {name}
        </h2>
        <Link href={to.datasource(organisation.slug, id)}>
          <Trans>Watch it come in</Trans>
        </Link>
      </div>
      <Took datasource={datasource} now={now} />
      {streams.length > 0 && (
        <ul className="ls fds">
          {streams.map((stream) => (
            <li key={stream.id}>
              <span className="grow">{stream.title}</span>
              <Bar percent={stream.percent} label={stream.title} tone={stream.state === "DONE" ? "g" : "live"} />
              <span className="num">
                <Rows count={stream.rows} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Took({ datasource, now }: { datasource: LiveDatasource; now: number }) {
  const format = useFormat();
  const { organisation } = usePlace();
  const { connectedAt, firstNumbersAt, platform, id, dataSync, connection } = datasource;
  if (firstNumbersAt && connectedAt)
    return (
      <p className="sm good" role="status">
        <Trans>
          First numbers after {format.duration((Date.parse(firstNumbersAt) - Date.parse(connectedAt)) / 1000)}
        </Trans>
      </p>
    );
  const reason = connection?.reason ?? dataSync?.reason ?? null;
  if (isStuck(datasource, now) || connection?.isDead)
    return (
      <div className="note w">
        <Icon name="warning" />
        <div>
          <p>
            <b>{reason?.message ?? <Trans>Nothing has come in for a quarter of an hour.</Trans>}</b>
          </p>
          <p>
            {reason?.meaning ?? (
              <Trans>
                Most often a permission or a role at {platform.title} is missing. Sign in there again, with a login that
                may read orders.
              </Trans>
            )}
          </p>
        </div>
        <Link className="btn s" href={to.reauthorize(organisation.slug, platform.name, id)}>
          <Trans>Reauthorize</Trans>
        </Link>
      </div>
    );
  return (
    <p className="sm dim" role="status">
      <Trans>Reading the newest days first. You can leave this page; it goes on.</Trans>
    </p>
  );
}
