import { Trans } from "@lingui/react/macro";
import type { ReactNode } from "react";
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
import { AccountCurrency } from "../datasources/account-currency.tsx";
import { RemedyButton } from "../datasources/remedy-button.tsx";
import { isTakenByFile, whyNoNumbers } from "./stuck.ts";

/** The first source as it comes in, from the same live values as everywhere else. */
export function FirstNumbers() {
  const byId = useLive((state) => state.byId);
  const now = useNow();
  const first = [...byId.values()]
    .filter((one) => one.disconnectedAt === null && one.connection !== null && !isTakenByFile(one))
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
      <AccountCurrency datasource={datasource} />
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
  const { connectedAt, firstNumbersAt } = datasource;
  if (firstNumbersAt && connectedAt)
    return (
      <p className="sm good" role="status">
        <Trans>
          First numbers after {format.duration((Date.parse(firstNumbersAt) - Date.parse(connectedAt)) / 1000)}
        </Trans>
      </p>
    );
  const why = whyNoNumbers(datasource, now);
  switch (why.kind) {
    case "reading":
      return (
        <p className="sm dim" role="status">
          <Trans>Reading the newest days first. You can leave this page; it goes on.</Trans>
        </p>
      );
    case "silent":
      return <Silent datasource={datasource} />;
    case "told":
      return (
        <Warning says={why.reason.message} means={why.reason.meaning}>
          <RemedyButton datasource={datasource} remedy={why.reason.remedy} />
        </Warning>
      );
  }
}

/** Nothing says why: what is missing most often at such a source, by its name there. */
function Silent({ datasource }: { datasource: LiveDatasource }) {
  const { organisation } = usePlace();
  const { platform, id, viewerCan } = datasource;
  const mayReauthorize = viewerCan.some(({ action, isAllowed }) => action === "REAUTHORIZE" && isAllowed);
  return (
    <Warning
      says={<Trans>Nothing has come in for a quarter of an hour.</Trans>}
      means={<LikelyMissing platform={platform} />}
    >
      {mayReauthorize && (
        <Link className="btn s" href={to.reauthorize(organisation.slug, platform.name, id)}>
          <Trans>Reauthorize</Trans>
        </Link>
      )}
    </Warning>
  );
}

function LikelyMissing({ platform: { title, category } }: Pick<LiveDatasource, "platform">) {
  switch (category) {
    case "ECOMMERCE":
      return (
        <Trans>
          Most often the login at {title} may not read orders, or the shop has none yet. Sign in there again as its
          owner, or with a role that may read orders.
        </Trans>
      );
    case "EMAIL_SMS":
    case "MESSAGING":
      return (
        <Trans>
          Most often the key or login of {title} may not read events or metrics. Authorize it again with one that may
          read both.
        </Trans>
      );
    case "ADS":
      return (
        <Trans>
          Most often the permission to read the ads is missing (at Meta: ads_read), or the role on the ad account is
          less than Analyst. Sign in at {title} again with a login that has both.
        </Trans>
      );
    case "ANALYTICS":
    case "ATTRIBUTION":
    case "OPERATIONS":
    case "OTHER":
    case "PAYMENTS":
    case "SUBSCRIPTIONS":
    case "SUPPORT":
      return (
        <Trans>
          Most often a permission or a role at {title} is missing. Authorize it again with a key or login that may read
          what is asked for.
        </Trans>
      );
  }
}

interface WarningProps {
  says: ReactNode;
  means: ReactNode;
  children: ReactNode;
}

function Warning({ says, means, children }: WarningProps) {
  return (
    <div className="note w">
      <Icon name="warning" />
      <div>
        <p>
          <b>{says}</b>
        </p>
        {means && <p>{means}</p>}
      </div>
      {children}
    </div>
  );
}
