import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { useClient, useQuery } from "urql";
import { newIdempotencyKey } from "../../client.ts";
import { useFormat } from "../../language.tsx";
import { Field } from "../../parts/field.tsx";
import { LongList } from "../../parts/long-rows.tsx";
import { LoadFailed, Skeleton } from "../../parts/states.tsx";
import { useChoose } from "../../parts/use-chosen.ts";
import { useOnce } from "../../parts/use-once.ts";
import { isText, isTexts, useDraft } from "../../shell/use-draft.ts";
import { hasNoRoom, ProblemNote, type Told } from "../commands/problems.tsx";
import { send } from "../commands/use-commands.ts";
import {
  type Attempt,
  type Candidate,
  CandidatesQuery,
  ChooseAccountMutation,
  type ConnectPlatform,
} from "./connect.documents.ts";
import { withOthers } from "./connected-with.ts";
import { isInactive, matching } from "./matching-accounts.ts";
import { SlotsAfter } from "./slots-after.tsx";
import { useEndSignIn } from "./use-end-sign-in.ts";
import { useHoldEnd } from "./use-hold-end.ts";
import { useSlots } from "./use-slots.ts";

interface ChooseProps {
  platform: ConnectPlatform;
  datasource: string;
  attempt: Pick<Attempt, "id" | "expiresAt">;
  onChosen: (attempt: string | null) => void;
  onGivenUp: () => void;
}

/** Which of the accounts behind one sign-in become datasources: each one its own, with a slot of its own. */
export function ChooseAccounts(props: ChooseProps) {
  const [{ data, error }, refresh] = useQuery({
    query: CandidatesQuery,
    variables: { id: props.datasource },
    requestPolicy: "cache-and-network",
  });
  // Of what was chosen the server says at once that it is taken, and until when it checks it; all stays as it was chosen from.
  const [sent, setSent] = useState<{ from: readonly Candidate[]; attempt: ChooseProps["attempt"] } | null>(null);
  const candidates = sent?.from ?? data?.datasource?.accountCandidates;
  const attempt = sent?.attempt ?? props.attempt;
  const onSent = (from: readonly Candidate[] | null): void => {
    setSent(from && { from, attempt });
    props.onChosen(from && attempt.id);
  };
  if (candidates) return <Chooser {...props} attempt={attempt} candidates={candidates} onSent={onSent} />;
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
        <span className="fade wide" />
        <div className="ls">
          {["1", "2", "3"].map((row) => (
            <div key={row} className="skrow">
              <span className="fade w160" />
              <span className="grow" />
              <span className="fade w90" />
            </div>
          ))}
        </div>
      </div>
    </Skeleton>
  );
}

/** From here on a list is searched, not read. */
const searchedFrom = 8;
const rowHeight = 57;

interface ChooserProps extends ChooseProps {
  candidates: readonly Candidate[];
  /** Null: it was not taken. */
  onSent: (candidates: readonly Candidate[] | null) => void;
}

function Chooser(props: ChooserProps) {
  const { platform, datasource, attempt, onGivenUp, candidates } = props;
  const { t } = useLingui();
  const [said, setTyped] = useDraft(attempt.id, "search", isText);
  const typed = said ?? "";
  const { chosen, toggle, problem, busy, choose } = useChoice(props);
  const inactive = candidates.filter(isInactive);
  const listed = candidates.filter((candidate) => !isInactive(candidate));
  const open = listed.filter(({ isSelectable }) => isSelectable);
  const shown = matching(listed, typed);
  const isTooMany = useTooMany(platform, chosen.length);
  if (candidates.length === 0) return <NoAccounts platform={platform} datasource={datasource} onGivenUp={onGivenUp} />;
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!isTooMany) choose();
      }}
    >
      <Intro count={candidates.length} keptUntil={attempt.expiresAt} />
      {problem && <NotTaken problem={problem} keptUntil={attempt.expiresAt} />}
      {listed.length >= searchedFrom && (
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
        <LongList
          rows={shown}
          rowHeight={rowHeight}
          renderRow={(candidate, placed) => (
            <li key={candidate.externalId} {...placed}>
              <label>
                <input
                  type="checkbox"
                  className="chk"
                  disabled={busy || !candidate.isSelectable}
                  checked={chosen.includes(candidate.externalId)}
                  onChange={() => toggle(candidate.externalId)}
                />
                <AccountLines candidate={candidate} />
              </label>
            </li>
          )}
        />
        {shown.length === 0 && <NoneShown typed={listed.length === 0 ? null : typed} />}
      </ul>
      {inactive.length > 0 && <Inactive candidates={inactive} isOpen={open.length === 0} />}
      {open.length > 0 ? (
        <ChooseFoot count={chosen.length} canChoose={!busy && !isTooMany} busy={busy} takesSlot={platform.takesSlot} />
      ) : (
        <footer className="stick">
          <span className="grow" />
          <StartAgain datasource={datasource} onGivenUp={onGivenUp} />
        </footer>
      )}
    </form>
  );
}

function NoneShown({ typed }: { typed: string | null }) {
  return (
    <li className="dim">
      {typed === null ? (
        <Trans>None of them can be chosen. Below it says why.</Trans>
      ) : (
        <Trans>No account matches “{typed}”.</Trans>
      )}
    </li>
  );
}

function Intro({ count, keptUntil }: { count: number; keptUntil: string }) {
  const format = useFormat();
  const isEnding = useHoldEnd(keptUntil);
  return (
    <p className={isEnding ? "warn lead" : "dim lead"}>
      <Plural value={count} one="This sign-in reaches # account." other="This sign-in reaches # accounts." />{" "}
      <Trans>
        Each one that you choose becomes a datasource of its own. The choice is kept until {format.time(keptUntil)}.
      </Trans>
    </p>
  );
}

/** Where the plan is full: what was signed in for waits until there is room. */
function NotTaken({ problem, keptUntil }: { problem: Told; keptUntil: string }) {
  const format = useFormat();
  return (
    <>
      <ProblemNote problem={problem} />
      {hasNoRoom(problem) && (
        <p className="sm">
          <Trans>Your sign-in is kept until {format.time(keptUntil)}.</Trans>
        </p>
      )}
    </>
  );
}

interface FootProps {
  count: number;
  canChoose: boolean;
  busy: boolean;
  takesSlot: boolean;
}

/** Of the slots in use one is this datasource's own: the first account takes it. */
const HELD = 1;

/** That one is never too many, also where the plan has become smaller meanwhile. */
function useTooMany({ takesSlot }: ConnectPlatform, count: number): boolean {
  const { used, allowance } = useSlots();
  return takesSlot && allowance !== null && count > HELD && used - HELD + count > allowance;
}

function ChooseFoot({ count, canChoose, busy, takesSlot }: FootProps) {
  return (
    <footer className="stick">
      {takesSlot && <SlotsAfter more={count} held={HELD} />}
      <span className="grow" />
      <button type="submit" className="btn pri" aria-disabled={!canChoose || count === 0}>
        {busy ? (
          <Trans>Connecting…</Trans>
        ) : count === 0 ? (
          <Trans>Choose an account</Trans>
        ) : (
          <Plural value={count} one="Connect # account" other="Connect # accounts" />
        )}
      </button>
    </footer>
  );
}

function useChoice({ datasource, attempt, candidates, onSent }: ChooserProps) {
  const client = useClient();
  const say = useChoose();
  const [picked, setPicked] = useDraft(attempt.id, "accounts", isTexts);
  const [problem, setProblem] = useState<Told | null>(null);
  const { busy, once } = useOnce();
  const selectable = new Set(candidates.filter(({ isSelectable }) => isSelectable).map(({ externalId }) => externalId));
  const chosen = (picked ?? []).filter((id) => selectable.has(id));
  const toggle = (id: string): void => {
    setProblem(null);
    setPicked(chosen.includes(id) ? chosen.filter((other) => other !== id) : [...chosen, id]);
  };
  const choose = async (): Promise<"leaves" | void> => {
    if (chosen.length === 0) return;
    setProblem(null);
    onSent(candidates);
    const outcome = await send(client, ChooseAccountMutation, {
      input: { datasource, accounts: [...chosen], idempotencyKey: newIdempotencyKey() },
    });
    if (outcome.ok) {
      if (outcome.result.__typename === "ChooseAccountSuccess")
        say(withOthers(outcome.result.datasources.map(({ id }) => id).filter((id) => id !== datasource)));
      return "leaves"; // the attempt goes on, and this step is left with it
    }
    onSent(null);
    setProblem(outcome.problem);
  };
  return { chosen, toggle, problem, busy, choose: () => once(choose) };
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
        <WhyNot candidate={candidate} />
      </span>
      {activity?.currency && (
        <span className="xs num nowrap">
          <Trans>{format.money(activity.amount, activity.currency, { whole: true })} spent in 30 days</Trans>
        </span>
      )}
    </>
  );
}

/** Why it cannot be chosen, and what would change that. */
function WhyNot({ candidate: { connected, reason } }: { candidate: Candidate }) {
  if (connected?.connectedBy)
    return (
      <span className="xs">
        <Trans>
          Connected already as {connected.name}, by {connected.connectedBy.name}.
        </Trans>
      </span>
    );
  if (!reason) return null;
  return (
    <span className="xs">
      {reason.message}
      {reason.remedy && <span className="faint"> {reason.remedy.label}</span>}
    </span>
  );
}

function Inactive({ candidates, isOpen }: { candidates: readonly Candidate[]; isOpen: boolean }) {
  return (
    <details className="part" open={isOpen}>
      <summary>
        <Plural
          value={candidates.length}
          one="# inactive account, which cannot be chosen"
          other="# inactive accounts, which cannot be chosen"
        />
      </summary>
      <ul className="ls accounts">
        <LongList
          rows={candidates}
          rowHeight={rowHeight}
          renderRow={(candidate, placed) => (
            <li key={candidate.externalId} {...placed}>
              <AccountLines candidate={candidate} />
            </li>
          )}
        />
      </ul>
    </details>
  );
}

/** The sign-in that reached these accounts is ended first: beside it no other would be taken. */
function StartAgain({ datasource, onGivenUp }: Pick<ChooseProps, "datasource" | "onGivenUp">) {
  const { end, busy, problem } = useEndSignIn(datasource, onGivenUp);
  return (
    <>
      {problem && <ProblemNote problem={problem} />}
      <button type="button" className="btn pri" aria-disabled={busy} onClick={end}>
        {busy ? <Trans>Ending this sign-in…</Trans> : <Trans>Start again</Trans>}
      </button>
    </>
  );
}

function NoAccounts({ platform, ...ending }: Pick<ChooseProps, "platform" | "datasource" | "onGivenUp">) {
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
      <StartAgain {...ending} />
    </div>
  );
}
