import { Trans, useLingui } from "@lingui/react/macro";
import { type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import { Redirect, Route, Switch, useLocation, useParams } from "wouter";
import { Provider, useClient, useQuery } from "urql";
import { askAgain, errorReference, makeClient } from "../client.ts";
import { FormatProvider, useFormat, withLateWords } from "../language.tsx";
import { LiveProvider, useLinkState } from "../live/live.tsx";
import { useAskingWhile } from "../live/use-refresh.ts";
import { Icon } from "../parts/icon.tsx";
import { late } from "../parts/late.tsx";
import { useNow } from "../parts/time.tsx";
import { usePreferences } from "../preferences.ts";
import { datasourcesPlace, patterns, to } from "../routes.ts";
import { Edge } from "./edge.tsx";
import { ListAndDrawer } from "./list-and-drawer.tsx";
import { PlaceProvider } from "./organisation.tsx";
import { NotFound, PageFailed } from "./plain-pages.tsx";
import { SessionQuery } from "./session.documents.ts";
import { Shell } from "./shell.tsx";

const Overview = late(
  withLateWords(() => import("../screens/overview/overview-page.tsx"), "overview"),
  (part) => part.OverviewPage,
);
const Detail = late(
  withLateWords(() => import("../screens/detail/detail-page.tsx"), "detail"),
  (part) => part.DetailPage,
);
const Welcome = late(
  withLateWords(() => import("../screens/welcome/welcome-page.tsx"), "welcome"),
  (part) => part.WelcomePage,
);
const Plan = late(
  withLateWords(() => import("../screens/plan/plan-page.tsx")),
  (part) => part.PlanPage,
);
const AccessReview = late(
  withLateWords(() => import("../screens/access-review/access-review-page.tsx")),
  (part) => part.AccessReviewPage,
);
const Mails = late(
  withLateWords(() => import("../screens/settings/mail-choices.tsx")),
  (part) => part.MailsPage,
);
const Tokens = late(
  withLateWords(() => import("../screens/tokens/tokens-page.tsx")),
  (part) => part.TokensPage,
);

/** Everything of one organisation: its client, its one subscription, its pages. */
export function OrganisationApp({ slug }: { slug: string }) {
  const [, navigate] = useLocation();
  const [outdated, setOutdated] = useState(false);
  const client = useMemo(
    () =>
      makeClient({
        organisation: slug,
        onSignedOut: () => navigate(to.signIn(location.pathname + location.search), { replace: true }),
        onOutdated: () => setOutdated(true),
      }),
    [slug, navigate],
  );
  return (
    <Provider value={client}>
      {outdated && <NewVersion />}
      <Entered slug={slug} />
    </Provider>
  );
}

function Entered({ slug }: { slug: string }) {
  const client = useClient();
  const [{ data, error }] = useQuery({ query: SessionQuery });
  // Of an answer that failed in part nobody knows who is missing: what came whole before it stands.
  const isInPart = error !== undefined && !(data?.me && data.organisation);
  const [whole, setWhole] = useState(data);
  if (!isInPart && data !== whole) setWhole(data);
  useAskingWhile(isInPart, () => askAgain(client));
  const session = isInPart ? whole : data;
  if (!session) return error ? <PageFailed reference={errorReference(error)} /> : null;
  const { me, organisation } = session;
  if (!me) return <Redirect to={to.signIn(location.pathname + location.search)} replace />;
  if (!organisation || organisation.slug !== slug) return <NotFound href="/" />;
  return (
    <PlaceProvider value={{ me, organisation }}>
      <FormatProvider zone={organisation.zone} region={organisation.region}>
        <Worded slug={slug}>
          <EndedGuard />
          <Pages slug={slug} />
        </Worded>
      </FormatProvider>
    </PlaceProvider>
  );
}

/**
 * What the server words is asked again in another language, and on another day: what was today is yesterday then. No reload is
 * needed, and what is typed stays.
 */
function Worded({ slug, children }: { slug: string; children: ReactNode }) {
  const client = useClient();
  const { language } = usePreferences();
  useNow();
  const day = useFormat().today();
  const words = useMemo(() => ({ language, day }), [language, day]);
  const shown = useRef(words);
  useEffect(() => {
    if (shown.current === words) return;
    shown.current = words;
    askAgain(client);
  }, [client, words]);
  return (
    <LiveProvider organisation={slug} words={words}>
      {children}
    </LiveProvider>
  );
}

/** The socket says first when a session or role ended. */
function EndedGuard() {
  const link = useLinkState();
  return link.kind === "ended" ? <Redirect to={to.signIn(location.pathname + location.search)} replace /> : null;
}

function Pages({ slug }: { slug: string }) {
  const { t } = useLingui();
  return (
    <Switch>
      <Route path={patterns.overview}>
        <Shell crumbs={[{ label: t`Brand Overview` }]}>
          <Edge key="Overview">
            <Overview />
          </Edge>
        </Shell>
      </Route>
      <Route path={patterns.datasources}>
        <DatasourcesPlaces slug={slug} />
      </Route>
      <Route path={patterns.tokens}>
        <Shell crumbs={[{ label: t`Developers` }, { label: t`API tokens` }]}>
          <Edge key="Tokens">
            <Tokens />
          </Edge>
        </Shell>
      </Route>
      <Route path={patterns.welcome}>
        <Shell crumbs={[{ label: t`Welcome` }]}>
          <Edge key="Welcome">
            <Welcome />
          </Edge>
        </Shell>
      </Route>
      <Route path={patterns.plan}>
        <Shell crumbs={[{ label: t`Organisation` }, { label: t`Plan and usage` }]}>
          <Edge key="Plan">
            <Plan />
          </Edge>
        </Shell>
      </Route>
      <Route path={patterns.accessReview}>
        <Shell crumbs={[{ label: t`Integrations` }, { label: t`Access review` }]}>
          <Edge key="AccessReview">
            <AccessReview />
          </Edge>
        </Shell>
      </Route>
      <Route path={patterns.mails}>
        <Shell crumbs={[{ label: t`Mails to you` }]}>
          <Edge key="Mails">
            <Mails />
          </Edge>
        </Shell>
      </Route>
      <Route path="/:org">
        <Redirect to={to.overview(slug)} replace />
      </Route>
      <Route>
        <Shell crumbs={[]}>
          <NotFound href={to.overview(slug)} />
        </Shell>
      </Route>
    </Switch>
  );
}

function DatasourcesPlaces({ slug }: { slug: string }) {
  const { t } = useLingui();
  const { "*": rest } = useParams();
  const place = datasourcesPlace(rest);
  const list = { label: t`Datasources`, href: to.datasources(slug) };
  if (place.kind === "detail") {
    const around = (page: ReactNode): ReactNode => (
      <Shell crumbs={[{ label: t`Integrations` }, list]} back={list}>
        {page}
      </Shell>
    );
    return (
      <Edge key={place.id} around={around}>
        <Detail key={place.id} id={place.id} tab={place.tab} list={list} />
      </Edge>
    );
  }
  return (
    <Shell crumbs={[{ label: t`Integrations` }, { label: list.label }]}>
      <ListAndDrawer connecting={place.kind === "connect" ? place.platform : null} />
    </Shell>
  );
}

function NewVersion() {
  return (
    <div className="inkbar" role="status">
      <Icon name="sync" />
      <Trans>A new version is ready.</Trans>
      <button type="button" className="btn s" onClick={() => location.reload()}>
        <Trans>Reload</Trans>
      </button>
    </div>
  );
}
