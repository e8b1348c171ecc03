import { msg } from "@lingui/core/macro";
import type { MessageDescriptor } from "@lingui/core";
import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "urql";
import { Link } from "wouter";
import { useFormat } from "../../language.tsx";
import { Glyph } from "../../parts/glyph.tsx";
import { Icon } from "../../parts/icon.tsx";
import { LoadFailed, Skeleton } from "../../parts/states.tsx";
import { to } from "../../routes.ts";
import { SendRequest } from "../../shell/ask.tsx";
import { useAdmins } from "../../shell/not-yours.tsx";
import { useMay, usePlace } from "../../shell/organisation.tsx";
import { PageHeading, usePageTitle } from "../../shell/page.tsx";
import { GapParts } from "../detail/gap.tsx";
import { CheckState, useShown } from "../detail/spot-check-mark.tsx";
import type { CatalogPlatform } from "../datasources/datasources.documents.ts";
import { LookAround } from "../sample/look-around.tsx";
import { FirstNumbers } from "./first-numbers.tsx";
import { NextSuggestions } from "./next-suggestions.tsx";
import { useOnboarding } from "./use-onboarding.ts";
import {
  type CheckName,
  type OnboardingSteps,
  type StepName,
  type StepState,
  WelcomeCatalogQuery,
} from "./welcome.documents.ts";
import "./welcome.css";

const stepWords: Record<StepName, { title: MessageDescriptor; says: MessageDescriptor }> = {
  CONNECT: { title: msg`Connect what you sell on`, says: msg`One sign-in there, and the history begins to come in.` },
  FIRST_NUMBERS: { title: msg`First numbers`, says: msg`Yesterday comes first, then older days, newest first.` },
  CHECK_ONE: { title: msg`Check one number`, says: msg`Yours beside the source’s own, for the same day.` },
};

const checkWords: Record<CheckName, MessageDescriptor> = {
  DATA_PANEL: msg`DATA, at the top of every page, shows the source as connected and synced`,
  YESTERDAY: msg`Yesterday’s tiles have numbers`,
  SPOT_CHECK: msg`A day’s number equals the source’s own, or the gap is explained`,
};

/** From sign-up to first numbers; everything else of the app works meanwhile. */
export function WelcomePage() {
  const { t } = useLingui();
  const { organisation } = usePlace();
  usePageTitle(t`Welcome`);
  const { onboarding, error, again, dismiss } = useOnboarding();
  return (
    <>
      <div className="ph">
        <div>
          <PageHeading>
            <Trans>Welcome to {organisation.name}</Trans>
          </PageHeading>
          <p className="dim">
            <Trans>Three steps to numbers that you can trust. You can leave at any time; nothing is lost.</Trans>
          </p>
        </div>
      </div>
      {onboarding ? (
        <WelcomeView onboarding={onboarding} onDismiss={dismiss} />
      ) : error ? (
        <LoadFailed error={error} onRetry={again} what={<Trans>The first steps could not be read.</Trans>} />
      ) : (
        <Skeleton>
          <div className="card skmap" />
        </Skeleton>
      )}
    </>
  );
}

function WelcomeView({ onboarding, onDismiss }: { onboarding: OnboardingSteps; onDismiss: () => void }) {
  const { organisation } = usePlace();
  const mayConnect = useMay("CONNECT_DATASOURCE");
  const now = onboarding.steps.find(({ state }) => state === "NOW")?.name ?? null;
  return (
    <div className="welcome">
      <ol className="card steps3">
        {onboarding.steps.map(({ name, state }, n) => (
          <StepLine key={name} name={name} state={state} place={n + 1} />
        ))}
      </ol>
      <div className="stack">
        {now === "CONNECT" && <ChooseFirst />}
        {now === "FIRST_NUMBERS" && <FirstNumbers />}
        {now !== "CONNECT" && <Checks onboarding={onboarding} />}
        <div className="row wrap">
          {onboarding.isDone && mayConnect && (
            <Link className="btn pri" href={to.datasources(organisation.slug)}>
              <Trans>Connect a datasource</Trans>
            </Link>
          )}
          <Link className="btn" href={to.overview(organisation.slug)}>
            <Trans>Brand Overview</Trans>
          </Link>
          {onboarding.dismissedAt === null && !onboarding.isDone && (
            <button type="button" className="btn ghost" onClick={onDismiss}>
              <Trans>Do not remind me on the Overview</Trans>
            </button>
          )}
        </div>
      </div>
    </div>
  );
}

function StepLine({ name, state, place }: { name: StepName; state: StepState; place: number }) {
  const { t } = useLingui();
  const { title, says } = stepWords[name];
  return (
    <li aria-current={state === "NOW" ? "step" : undefined} data-state={state}>
      {state === "DONE" ? <Icon name="tick" /> : <span className="n">{place}</span>}
      <span>
        <b>{t(title)}</b>
        {state === "DONE" && (
          <span className="vh">
            <Trans>done</Trans>
          </span>
        )}
        <span className="xs faint block">{t(says)}</span>
      </span>
    </li>
  );
}

function ChooseFirst() {
  const [{ data, error }, refresh] = useQuery({ query: WelcomeCatalogQuery });
  if (data) return <FirstChoice platforms={data.catalog} />;
  return error ? (
    <LoadFailed
      error={error}
      onRetry={() => refresh({ requestPolicy: "network-only" })}
      what={<Trans>The catalog could not be read.</Trans>}
    />
  ) : (
    <Skeleton>
      <div className="card skmap" />
    </Skeleton>
  );
}

/** What one sells on comes first: other sources say more once its orders are here. */
function FirstChoice({ platforms }: { platforms: readonly CatalogPlatform[] }) {
  const { t } = useLingui();
  const { organisation } = usePlace();
  const mayConnect = useMay("CONNECT_DATASOURCE");
  const admins = useAdmins();
  const shops = platforms
    .filter(({ category }) => category === "ECOMMERCE")
    .toSorted((a, b) => Number(b.isConnectable) - Number(a.isConnectable));
  if (!mayConnect)
    return (
      <p className="dim">
        <Trans>Admins can connect datasources. Ask {admins}.</Trans> <SendRequest about="CONNECT" />
      </p>
    );
  return (
    <section className="card pad" aria-labelledby="sell">
      <h2 id="sell">
        <Trans>What do you sell on?</Trans>
      </h2>
      <ul className="shops">
        {shops.map((platform) => (
          <li key={platform.id}>
            {platform.isConnectable ? (
              <Link className="shop" href={to.connect(organisation.slug, platform.name)}>
                <Glyph title={platform.title} category={platform.category} size="l" />
                <b>{platform.title}</b>
                <span className="xs faint">{platform.summary}</span>
              </Link>
            ) : (
              <span className="shop off">
                <Glyph title={platform.title} category={platform.category} size="l" />
                <b>{platform.title}</b>
                <span className="xs faint">{platform.notConnectableReason?.message ?? t`In preparation`}</span>
              </span>
            )}
          </li>
        ))}
      </ul>
      <p className="sm dim">
        <Link href={to.datasources(organisation.slug)}>
          <Trans>Ads, e-mail, payments and everything else</Trans>
        </Link>
      </p>
      <LookAround />
    </section>
  );
}

function Checks({ onboarding }: { onboarding: OnboardingSteps }) {
  const { t } = useLingui();
  const mayConnect = useMay("CONNECT_DATASOURCE");
  // The steps stay done; the checks are of what is connected now.
  const isLive = onboarding.checks.every(({ state }) => state === "DONE");
  return (
    <section className="card pad" aria-labelledby="checks" aria-live="polite">
      <h2 id="checks">{isLive ? <Trans>Your brand is live</Trans> : <Trans>Three checks</Trans>}</h2>
      <ul className="ls ticks">
        {onboarding.checks.map(({ name, state }) => (
          <li key={name} data-state={state}>
            <Icon name={state === "DONE" ? "tick" : "dashed"} />
            <span className="grow">{t(checkWords[name])}</span>
            <span className="xs faint">{state === "DONE" ? t`done` : t`ticks by itself`}</span>
          </li>
        ))}
      </ul>
      {onboarding.spotCheck && (
        <>
          <NewestCheck check={onboarding.spotCheck} />
          <GapParts check={onboarding.spotCheck} />
        </>
      )}
      {onboarding.isDone && mayConnect && <NextSuggestions />}
    </section>
  );
}

/** Both figures of one day: equal, or how far apart. */
function NewestCheck({ check }: { check: NonNullable<OnboardingSteps["spotCheck"]> }) {
  const format = useFormat();
  const { organisation } = usePlace();
  const shown = useShown(check);
  const { title, day, ours, theirs, datasource } = check;
  return (
    <div className="row wrap newest">
      <p className="grow sm">
        <b>
          {title}, {format.day(day)}
        </b>
        <span className="block">
          {datasource ? (
            <Trans>
              {datasource.name}: {shown(ours)} here, {shown(theirs)} at {datasource.platform.title}
            </Trans>
          ) : (
            shown(ours)
          )}
        </span>
        {datasource?.countsFrom && datasource.countsFrom > day && (
          <span className="block faint">
            <Trans>
              On the Overview {datasource.name} counts from {format.day(datasource.countsFrom)} on, so not on{" "}
              {format.day(day)}.
            </Trans>
          </span>
        )}
      </p>
      <CheckState check={check} shown={shown} />
      {datasource && (
        <Link className="sm" href={`${to.datasource(organisation.slug, datasource.id, "numbers")}?day=${day}`}>
          <Trans>Open {datasource.name}</Trans>
        </Link>
      )}
    </div>
  );
}
