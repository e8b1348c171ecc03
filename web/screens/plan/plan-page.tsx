import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "urql";
import { Link } from "wouter";
import { useFormat } from "../../language.tsx";
import { toldApart } from "../../live/account-line.ts";
import { useLive, useLiveDatasource } from "../../live/live.tsx";
import { Glyph } from "../../parts/glyph.tsx";
import { Icon } from "../../parts/icon.tsx";
import { LongList, type Placed } from "../../parts/long-rows.tsx";
import { LoadFailed, Skeleton } from "../../parts/states.tsx";
import { When } from "../../parts/time.tsx";
import { to } from "../../routes.ts";
import { SendRequest } from "../../shell/ask.tsx";
import { NotYours, useAdmins } from "../../shell/not-yours.tsx";
import { useMay, usePlace } from "../../shell/organisation.tsx";
import { PageHeading, usePageTitle } from "../../shell/page.tsx";
import { ChangePlan, OverPlan } from "./change-plan.tsx";
import { isHeldByPlan } from "./held-by-plan.ts";
import { LastUsed } from "./last-used.tsx";
import { type PlanUsage, UsageQuery } from "./plan.documents.ts";
import "./plan.css";

export function PlanPage() {
  return useMay("MANAGE_DATASOURCES") ? <Plan /> : <AskForPlan />;
}

function AskForPlan() {
  const { t } = useLingui();
  const names = useAdmins();
  return (
    <NotYours title={t`Plan and usage`} about="SEE_PLAN">
      <Trans>How many apps the plan has room for, and which of them are in use. Admins can open it: ask {names}.</Trans>
    </NotYours>
  );
}

function Plan() {
  const { t } = useLingui();
  usePageTitle(t`Plan and usage`);
  const [{ data, error }, refresh] = useQuery({ query: UsageQuery, requestPolicy: "cache-and-network" });
  const again = (): void => refresh({ requestPolicy: "network-only" });
  return (
    <>
      <div className="ph">
        <div>
          <PageHeading>
            <Trans>Plan and usage</Trans>
          </PageHeading>
          <p className="dim">
            <Trans>Each connected app takes one slot; what is native takes none.</Trans>
          </p>
        </div>
      </div>
      {data?.organisation ? (
        <PlanView plan={data.organisation} onChanged={again} />
      ) : error ? (
        <LoadFailed error={error} onRetry={again} what={<Trans>The plan could not be read.</Trans>} />
      ) : (
        <Skeleton>
          <div className="card skmap" />
        </Skeleton>
      )}
    </>
  );
}

function PlanView({ plan, onChanged }: { plan: PlanUsage; onChanged: () => void }) {
  const maySet = useMay("SET_PLAN");
  const isOperated = useLive((state) => state.health?.isEmbedded === false);
  const { apps, slots } = plan.usage;
  const apart = toldApart(apps.map(({ datasource }) => datasource));
  const isOver = slots.allowance !== null && slots.used > slots.allowance;
  return (
    <div className="stack">
      <Allowance plan={plan} />
      {maySet && isOver && <OverPlan plan={plan} onChanged={onChanged} />}
      <section className="card" aria-labelledby="apps">
        <header>
          <h2 id="apps">
            <Trans>Connected apps</Trans>
          </h2>
        </header>
        {apps.length === 0 ? (
          <p className="none sm dim">
            <Trans>No slot is in use.</Trans>
          </p>
        ) : (
          <ul className="versions applist">
            <LongList
              rows={apps}
              rowHeight={61}
              renderRow={({ datasource, since, lastUsedAt }, placed) => (
                <AppLine key={datasource.id} datasource={datasource} apart={apart.get(datasource.id)} placed={placed}>
                  {datasource.connectedAt ? (
                    <Trans>
                      connected <When at={datasource.connectedAt} within />
                    </Trans>
                  ) : (
                    <Trans>
                      since <When at={since} within />
                    </Trans>
                  )}{" "}
                  ·{" "}
                  {datasource.connection === null ? (
                    <Trans>being connected</Trans>
                  ) : (
                    <LastUsed syncedAt={lastUsedAt} openedAt={datasource.lastOpenedAt} />
                  )}
                </AppLine>
              )}
            />
          </ul>
        )}
      </section>
      <NoSlot plan={plan} />
      {maySet && !isOperated ? (
        <ChangePlan plan={plan} onChanged={onChanged} />
      ) : (
        <WhoMay plan={plan} isOperated={isOperated} />
      )}
    </div>
  );
}

function NoSlot({ plan }: { plan: PlanUsage }) {
  const { native, aiCredits } = plan.usage;
  const apart = toldApart(native);
  return (
    <section className="card" aria-labelledby="native">
      <header>
        <h2 id="native">
          <Trans>Takes no slot</Trans>
        </h2>
      </header>
      {native.length > 0 && (
        <ul className="versions applist">
          <LongList
            rows={native}
            rowHeight={61}
            renderRow={(datasource, placed) => (
              <AppLine key={datasource.id} datasource={datasource} apart={apart.get(datasource.id)} placed={placed}>
                <Trans>native</Trans>
              </AppLine>
            )}
          />
        </ul>
      )}
      <ul className="versions applist">
        <li>
          <span className="grow">
            <Trans>Dashboards, spot checks, API tokens</Trans>
          </span>
          <span className="xs faint">
            <Trans>native</Trans>
          </span>
        </li>
        <li>
          <span className="grow">
            <Trans>AI credits used by connected apps</Trans>
          </span>
          <b className="num">{aiCredits}</b>
        </li>
      </ul>
    </section>
  );
}

/** The allowance as reeds at full width: used, free. */
function Allowance({ plan }: { plan: PlanUsage }) {
  const { allowance, used, free } = plan.usage.slots;
  return (
    <section className="card pad" aria-labelledby="allowance">
      <h2 id="allowance">{plan.plan.title}</h2>
      {allowance === null ? (
        <p>
          <Trans>{used} connected apps, as many as you like</Trans>
        </p>
      ) : (
        <>
          <p>
            <b className="num">
              <Trans>
                {used} of {allowance}
              </Trans>
            </b>{" "}
            <Trans>connected apps</Trans>
          </p>
          <span className="slots wide" aria-hidden="true">
            {Array.from({ length: Math.max(allowance, used) }, (_, n) => (
              <i key={n} className={n < used ? (n < allowance ? "" : "over") : "o"} />
            ))}
          </span>
          {free === 0 && <WaysOut plan={plan} />}
        </>
      )}
    </section>
  );
}

function WaysOut({ plan }: { plan: PlanUsage }) {
  const { organisation } = usePlace();
  return (
    <p className="sm">
      <Trans>No slot is free. Disconnect one that is not used, replace one, or take a larger plan.</Trans>{" "}
      <Link href={to.datasources(organisation.slug)}>
        <Trans>Datasources</Trans>
      </Link>
      {plan.supportUrl && (
        <>
          {" · "}
          <a href={plan.supportUrl}>
            <Trans>Contact support</Trans>
          </a>
        </>
      )}
    </p>
  );
}

interface AppLineProps {
  datasource: PlanUsage["usage"]["native"][number];
  /** What tells it from another of its name. */
  apart: string | undefined;
  placed: Placed;
  children: React.ReactNode;
}

function AppLine({ datasource, apart, placed, children }: AppLineProps) {
  const { organisation } = usePlace();
  const { id, name, platform } = datasource;
  const isHeld = isHeldByPlan(useLiveDatasource(id));
  return (
    <li {...placed}>
      <Glyph title={platform.title} category={platform.category} />
      <span className="grow">
        <Link href={to.datasource(organisation.slug, id)}>
          <b>{name}</b>
        </Link>
        <span className="xs faint block">
          {apart && <span translate="no">{apart} · </span>}
          {children}
        </span>
        {isHeld && (
          <span className="xs warn block">
            <Icon name="pause" /> <Trans>paused: the plan has no room for it</Trans>
          </span>
        )}
      </span>
    </li>
  );
}

function WhoMay({ plan, isOperated }: { plan: PlanUsage; isOperated: boolean }) {
  const owners = useFormat().oneOf(plan.owners.slice(0, 3));
  return (
    <p className="sm dim">
      {isOperated ? (
        <Trans>The plan is set by whoever runs Headwater for you.</Trans>
      ) : (
        <>
          <Trans>Only an owner can change the plan: ask {owners}.</Trans> <SendRequest about="CHANGE_PLAN" />
        </>
      )}{" "}
      {plan.supportUrl && (
        <a href={plan.supportUrl}>
          <Trans>Contact support</Trans>
        </a>
      )}
    </p>
  );
}
