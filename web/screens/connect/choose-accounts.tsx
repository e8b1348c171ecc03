import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { useClient, useQuery } from "urql";
import { newIdempotencyKey } from "../../client.ts";
import { useFormat } from "../../language.tsx";
import { Field } from "../../parts/field.tsx";
import { LoadFailed, Skeleton } from "../../parts/states.tsx";
import { ProblemNote, type Told } from "../commands/problems.tsx";
import { send } from "../commands/use-commands.ts";
import { type Candidate, CandidatesQuery, ChooseAccountMutation, type ConnectPlatform } from "./connect.documents.ts";
import { matching } from "./matching-accounts.ts";
import { SlotsAfter } from "./slots-after.tsx";

interface ChooseProps {
  platform: ConnectPlatform;
  datasource: string;
  keptUntil: string;
}

/** Which of the accounts behind one sign-in become datasources: each one its own, with a slot of its own. */
export function ChooseAccounts({ platform, datasource, keptUntil }: ChooseProps) {
  const [{ data, error }, refresh] = useQuery({
    query: CandidatesQuery,
    variables: { id: datasource },
    requestPolicy: "cache-and-network",
  });
  const candidates = data?.datasource?.accountCandidates;
  if (candidates)
    return <Chooser platform={platform} datasource={datasource} keptUntil={keptUntil} candidates={candidates} />;
  if (error)
    return (
      <LoadFailed
        error={error}
        onRetry={() => refresh({ requestPolicy: "network-only" })}
        what={<Trans>The accounts behind this sign-in could not be read.</Trans>}
      />
    );
  return (
    <Skeleton>
      <div className="skcol">
        <span className="fade w160" />
        <span className="fade wide" />
        <span className="fade wide" />
      </div>
    </Skeleton>
  );
}

/** From here on a list is searched, not read. */
const searchedFrom = 8;

export function Chooser({
  platform,
  datasource,
  keptUntil,
  candidates,
}: ChooseProps & { candidates: readonly Candidate[] }) {
  const { t } = useLingui();
  const [typed, setTyped] = useState("");
  const { chosen, toggle, problem, busy, choose } = useChoice(datasource, candidates);
  const open = candidates.filter(({ isSelectable }) => isSelectable);
  const closed = candidates.filter(({ isSelectable }) => !isSelectable);
  const shown = matching(open, typed);
  if (candidates.length === 0) return <NoAccounts platform={platform} />;
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void choose();
      }}
    >
      <Intro count={candidates.length} keptUntil={keptUntil} />
      {problem && <ProblemNote problem={problem} />}
      {open.length >= searchedFrom && (
        <Field
          label={t`Find an account`}
          type="search"
          value={typed}
          placeholder={t`Name, number, currency or zone`}
          data-first
          onChange={(event) => setTyped(event.target.value)}
        />
      )}
      <ul className="ls accounts" aria-label={t`Accounts at ${platform.title}`}>
        {shown.map((candidate) => (
          <li key={candidate.externalId}>
            <label>
              <input
                type="checkbox"
                className="chk"
                checked={chosen.includes(candidate.externalId)}
                onChange={() => toggle(candidate.externalId)}
              />
              <AccountLines candidate={candidate} />
            </label>
          </li>
        ))}
        {shown.length === 0 && (
          <li className="dim">
            {open.length === 0 ? (
              <Trans>None of them can be chosen. Below it says why.</Trans>
            ) : (
              <Trans>No account matches “{typed}”.</Trans>
            )}
          </li>
        )}
      </ul>
      {closed.length > 0 && <Closed candidates={closed} isOpen={open.length === 0} />}
      {open.length > 0 && <ChooseFoot count={chosen.length} busy={busy} takesSlot={platform.takesSlot} />}
    </form>
  );
}

function Intro({ count, keptUntil }: { count: number; keptUntil: string }) {
  const format = useFormat();
  return (
    <p className="dim lead">
      <Plural value={count} one="This sign-in reaches # account." other="This sign-in reaches # accounts." />{" "}
      <Trans>
        Each one that you choose becomes a datasource of its own. The choice is kept until {format.time(keptUntil)}.
      </Trans>
    </p>
  );
}

/** The first account takes the slot that this datasource already holds. */
function ChooseFoot({ count, busy, takesSlot }: { count: number; busy: boolean; takesSlot: boolean }) {
  return (
    <footer className="stick">
      {takesSlot && <SlotsAfter more={Math.max(0, count - 1)} />}
      <span className="grow" />
      <button type="submit" className="btn pri" aria-disabled={busy || count === 0}>
        {count === 0 ? (
          <Trans>Choose an account</Trans>
        ) : (
          <Plural value={count} one="Connect # account" other="Connect # accounts" />
        )}
      </button>
    </footer>
  );
}

function useChoice(datasource: string, candidates: readonly Candidate[]) {
  const client = useClient();
  const [picked, setPicked] = useState<readonly string[]>([]);
  const [problem, setProblem] = useState<Told | null>(null);
  const [busy, setBusy] = useState(false);
  const selectable = new Set(candidates.filter(({ isSelectable }) => isSelectable).map(({ externalId }) => externalId));
  const chosen = picked.filter((id) => selectable.has(id));
  const toggle = (id: string): void =>
    setPicked(chosen.includes(id) ? chosen.filter((other) => other !== id) : [...chosen, id]);
  const choose = async (): Promise<void> => {
    if (busy || chosen.length === 0) return;
    setBusy(true);
    setProblem(null);
    const outcome = await send(client, ChooseAccountMutation, {
      input: { datasource, accounts: [...chosen], idempotencyKey: newIdempotencyKey() },
    });
    if (outcome.ok) return; // the attempt goes on, and this step is left with it
    setBusy(false);
    setProblem(outcome.problem);
  };
  return { chosen, toggle, problem, busy, choose };
}

function AccountLines({ candidate }: { candidate: Candidate }) {
  const format = useFormat();
  const { name, externalId, currency, zone, domain, group, state, activity } = candidate;
  return (
    <>
      <span className="grow">
        <b>{name}</b>
        <span className="xs faint">
          <span translate="no">{[group, domain, externalId, currency, zone].filter(Boolean).join(" · ")}</span>
          {state && <> · {state}</>}
        </span>
      </span>
      {activity?.currency && (
        <span className="xs num nowrap">
          <Trans>{format.money(activity.amount, activity.currency, { whole: true })} in 30 days</Trans>
        </span>
      )}
    </>
  );
}

function Closed({ candidates, isOpen }: { candidates: readonly Candidate[]; isOpen: boolean }) {
  return (
    <details className="part" open={isOpen}>
      <summary>
        <Plural value={candidates.length} one="# that cannot be chosen" other="# that cannot be chosen" />
      </summary>
      <ul className="ls accounts">
        {candidates.map((candidate) => (
          <li key={candidate.externalId}>
            <AccountLines candidate={candidate} />
            <span className="xs">
              {candidate.reason?.message}
              {candidate.reason?.remedy && <span className="faint"> {candidate.reason.remedy.label}</span>}
            </span>
          </li>
        ))}
      </ul>
    </details>
  );
}

function NoAccounts({ platform }: { platform: ConnectPlatform }) {
  return (
    <div className="wait" role="status">
      <h3>
        <Trans>This sign-in reaches no account at {platform.title}</Trans>
      </h3>
      <p className="dim">
        <Trans>
          Ask somebody who manages the account at {platform.title} to add you to it, then connect again. Nothing was
          stored and nothing is counted.
        </Trans>
      </p>
    </div>
  );
}
