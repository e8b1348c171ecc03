import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { useClient } from "urql";
import { newIdempotencyKey } from "../../client.ts";
import { LongList } from "../../parts/long-rows.tsx";
import { Select } from "../../parts/select.tsx";
import { useOnce } from "../../parts/use-once.ts";
import { useReturn } from "../../parts/use-return.ts";
import { toldApart } from "../../live/account-line.ts";
import { useLive } from "../../live/live.tsx";
import { ProblemNote, type Told } from "../commands/problems.tsx";
import { isHeldByPlan } from "./held-by-plan.ts";
import { LastUsed } from "./last-used.tsx";
import { type PlanUsage, SetPlanMutation } from "./plan.documents.ts";

interface Choosing {
  plan: string;
  allowance: number;
  datasources: readonly (Parameters<typeof toldApart>[0][number] & {
    lastSuccessAt: string | null;
    lastOpenedAt: string | null;
  })[];
}

/** A smaller plan than is in use asks which apps pause; nothing is deleted. */
export function ChangePlan({ plan, onChanged }: { plan: PlanUsage; onChanged: () => void }) {
  const { t } = useLingui();
  const [wanted, setWanted] = useState(plan.plan.name);
  const { busy, problem, choosing, setPlan, keepPlan, opener } = useSetPlan(onChanged);
  const isOther = wanted !== plan.plan.name;
  return (
    <section className="card pad" aria-labelledby="change-plan">
      <h2 id="change-plan">
        <Trans>Change the plan</Trans>
      </h2>
      {problem && <ProblemNote problem={problem} />}
      {choosing ? (
        <ChoosePaused
          choosing={choosing}
          busy={busy}
          onPause={(pause) => setPlan(choosing.plan, pause)}
          onKeep={() => {
            setWanted(plan.plan.name);
            keepPlan();
          }}
        />
      ) : (
        <form
          className="row wrap end"
          onSubmit={(event) => {
            event.preventDefault();
            if (isOther) setPlan(wanted, null);
          }}
        >
          <Select
            label={t`Plan`}
            value={wanted}
            options={plan.plans.map(({ name, title, allowance }) => ({
              value: name,
              label: allowance === null ? t`${title}, as many apps as you like` : t`${title}, ${allowance} apps`,
            }))}
            onChange={setWanted}
          />
          <button ref={opener} type="submit" className="btn" aria-disabled={busy || !isOther}>
            {busy ? <Trans>Changing…</Trans> : <Trans>Change the plan</Trans>}
          </button>
        </form>
      )}
    </section>
  );
}

/** Whoever made the plan smaller: the owner says which apps pause, and may change their mind. */
export function OverPlan({ plan, onChanged }: { plan: PlanUsage; onChanged: () => void }) {
  const { busy, problem, choosing, setPlan, keepPlan, opener } = useSetPlan(onChanged);
  const { allowance, used } = plan.usage.slots;
  const paused = useLive(
    ({ byId }) => plan.usage.apps.filter(({ datasource }) => isHeldByPlan(byId.get(datasource.id))).length,
  );
  return (
    <section className="card pad" aria-labelledby="over-plan">
      <h2 id="over-plan">
        <Trans>More apps than the plan has room for</Trans>
      </h2>
      {problem && <ProblemNote problem={problem} />}
      {choosing ? (
        <ChoosePaused
          choosing={choosing}
          busy={busy}
          onPause={(pause) => setPlan(choosing.plan, pause)}
          onKeep={keepPlan}
          isKept
        />
      ) : (
        <div className="stack">
          <p className="sm">
            <Trans>
              The plan has room for {allowance} of the {used} connected apps.
            </Trans>{" "}
            {paused > 0 ? (
              <Plural
                value={paused}
                one="# of them is paused for it, and marked below."
                other="# of them are paused for it, and marked below."
              />
            ) : (
              <Trans>The others pause: those that were connected last, unless you choose which.</Trans>
            )}{" "}
            <Trans>
              Nothing is deleted: a paused app keeps its data and its access, and goes on when there is room.
            </Trans>
          </p>
          <div className="row">
            <button
              ref={opener}
              type="button"
              className="btn"
              aria-disabled={busy}
              onClick={() => setPlan(plan.plan.name, null)}
            >
              <Trans>Choose which apps pause</Trans>
            </button>
          </div>
        </div>
      )}
    </section>
  );
}

function useSetPlan(onChanged: () => void) {
  const client = useClient();
  const { busy, once } = useOnce();
  const [problem, setProblem] = useState<Told | null>(null);
  const [choosing, setChoosing] = useState<Choosing | null>(null);
  const opener = useReturn<HTMLButtonElement>(choosing !== null);
  const setPlan = async (plan: string, pause: readonly string[] | null): Promise<void> => {
    setProblem(null);
    const input = { plan, pause: pause && [...pause], idempotencyKey: newIdempotencyKey() };
    const { data } = await client.mutation(SetPlanMutation, { input }).toPromise();
    const result = data?.result;
    if (!result) return setProblem({ code: "UNREACHABLE" });
    if (result.__typename === "TooManyForPlan")
      return setChoosing({ plan, allowance: result.allowance, datasources: result.datasources });
    if (result.__typename !== "SetPlanSuccess") return setProblem(result);
    setChoosing(null);
    onChanged();
  };
  return {
    busy,
    problem,
    choosing,
    opener,
    keepPlan: () => {
      setProblem(null);
      setChoosing(null);
    },
    setPlan: (plan: string, pause: readonly string[] | null) => once(() => setPlan(plan, pause)),
  };
}

interface PausedProps {
  choosing: Choosing;
  busy: boolean;
  onPause: (pause: readonly string[]) => void;
  onKeep: () => void;
  /** It is the plan that stands already. */
  isKept?: boolean;
}

export function ChoosePaused({ choosing, busy, onPause, onKeep, isKept = false }: PausedProps) {
  const [paused, setPaused] = useState<readonly string[]>([]);
  const { allowance, datasources } = choosing;
  const apart = toldApart(datasources);
  const least = datasources.length - allowance;
  const mayGo = paused.length >= least && !busy;
  const toggle = (id: string): void =>
    setPaused(paused.includes(id) ? paused.filter((other) => other !== id) : [...paused, id]);
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        if (mayGo) onPause(paused);
      }}
    >
      <p className="sm">
        <Plural
          value={least}
          one="That plan has room for one app less than is in use. Choose which one pauses."
          other="That plan has room for # apps less than are in use. Choose which ones pause."
        />{" "}
        <Trans>Nothing is deleted: a paused app keeps its data and its access, and goes on when there is room.</Trans>
      </p>
      <ul className="ls accounts">
        <LongList
          rows={datasources}
          rowHeight={61}
          renderRow={({ id, name, lastSuccessAt, lastOpenedAt }, placed) => (
            <li key={id} {...placed}>
              <label>
                <input type="checkbox" className="chk" checked={paused.includes(id)} onChange={() => toggle(id)} />
                <span className="grow">
                  <b>{name}</b>
                  <span className="xs faint block">
                    {apart.has(id) && <span translate="no">{apart.get(id)} · </span>}
                    <LastUsed syncedAt={lastSuccessAt} openedAt={lastOpenedAt} />
                  </span>
                </span>
              </label>
            </li>
          )}
        />
      </ul>
      <div className="row wrap">
        <button type="submit" className="btn pri" aria-disabled={!mayGo}>
          {paused.length === 0 ? (
            <Trans>Choose which apps pause</Trans>
          ) : isKept ? (
            <Plural value={paused.length} one="Pause # app" other="Pause # apps" />
          ) : (
            <Plural
              value={paused.length}
              one="Pause # app and change the plan"
              other="Pause # apps and change the plan"
            />
          )}
        </button>
        <button type="button" className="btn ghost" onClick={onKeep}>
          {isKept ? <Trans>Leave it as it is</Trans> : <Trans>Keep the plan</Trans>}
        </button>
      </div>
    </form>
  );
}
