import { useCallback, useEffect, useLayoutEffect, useState } from "react";
import { type Client, type CombinedError, useClient, useQuery } from "urql";
import { newIdempotencyKey } from "../../client.ts";
import type { LiveDatasource } from "../../live/live.documents.ts";
import { useLive } from "../../live/live.tsx";
import { useChosen } from "../../parts/use-chosen.ts";
import type { Told } from "../commands/problems.tsx";
import { type Outcome, send } from "../commands/use-commands.ts";
import {
  type Attempt,
  AttemptQuery,
  ConnectMutation,
  type ConnectPlatform,
  ContinueMutation,
  ReauthorizeMutation,
  ReplaceMutation,
} from "./connect.documents.ts";
import { isGone, replacedBy, standingOf } from "./begins-anew.ts";
import { type ConsentWindow, openConsentWindow, setOutInThisTab } from "./consent-window.ts";
import { useLooksClosed } from "./looks-closed.ts";
import { ConnectNativeMutation } from "./native.documents.ts";
import { type KeyFlow, useKey } from "./use-key.ts";

interface Again {
  datasource: string;
  /** The one that the address names. */
  attempt?: string | null;
  /** What was connected together with it. */
  others?: readonly string[];
}

/** What the drawer connects: a new datasource, one whose consent is still open, or one that needs a new consent. */
export type Purpose =
  | { kind: "connect" }
  | ({
      kind: "continue";
      /** It is meant to take that one's place; undefined until that is known. */
      replaces?: string | null | undefined;
    } & Again)
  | ({ kind: "reauthorize" } & Again)
  /** Another account or platform in the place of this one. */
  | { kind: "replace"; datasource: string };

export interface LoadFailure {
  error: CombinedError;
  retry: () => void;
}

export type FlowState =
  /** Where the one that is gone on with stands is being asked for. */
  | { kind: "finding"; failure: LoadFailure | null }
  | { kind: "prepare"; problem: Told | null; fields: readonly { path: string; message: string }[] }
  | { kind: "opening" }
  | { kind: "pasting" }
  /** It has no account elsewhere and stands already; its page goes on. */
  | { kind: "made"; datasource: string }
  | { kind: "waiting"; attempt: Attempt; datasource: string; authorizeUrl: string; window: ConsentWindow }
  /** Taken up again, or begun where no window is needed. */
  | {
      kind: "back";
      attempt: Attempt;
      datasource: string;
      /** On its way to the source once more. */
      isOpening?: boolean;
      /** Why it did not get there. */
      problem?: Told | null;
    };

type Back = Extract<FlowState, { kind: "back" }>;
type Watched = Extract<FlowState, { kind: "waiting" | "back" }>;

const isWatched = (state: FlowState): state is Watched => state.kind === "waiting" || state.kind === "back";

export interface ConnectFlow {
  state: FlowState;
  /** The newest word on the attempt, from the subscription or, if that is silent, from asking. */
  attempt: Attempt | null;
  datasource: LiveDatasource | null;
  /** The person closed the source's window, as far as can be seen, and gave no consent before. */
  looksClosed: boolean;
  key: KeyFlow;
  begin(fields: readonly { name: string; value: string }[]): void;
  /** To the source once more, for what waits there: back to its window where one stands open, or in this tab. */
  goOn(where: "window" | "tab"): void;
  /** A key in the place of a consent, where the platform takes one. */
  paste(): void;
  /** Where accounts are still to be chosen that sign-in has been given up; the next begins once it is gone. */
  again(): void;
}

export interface RunningFlow extends ConnectFlow {
  /** What was given up is gone: nothing of it stands in the way of another sign-in. */
  isGivenUp: boolean;
}

export function useConnectFlow(connects: ConnectPlatform, purpose: Purpose): RunningFlow {
  const { name: platform, method } = connects;
  const client = useClient();
  const [step, toStep] = useChosen("step", ["prepare", "key"]);
  const [begun, setState] = useState<FlowState>({ kind: "prepare", problem: null, fields: [] });
  const back = useBack(purpose);
  const [isLeft, setLeft] = useState(false);
  const [isEnding, setEnding] = useState(false);
  const isPasting = step === "key" && takesKey(connects, purpose);
  const state = standsAt(begun, isLeft ? null : back, isPasting);
  const place = {
    datasource: purpose.kind === "reauthorize" ? purpose.datasource : null,
    replaces: replacedBy(purpose),
  };
  const key = useKey(platform, place, (attempt, datasource) => setState({ kind: "back", attempt, datasource }));
  const paste = (): void => toStep("key");
  const begin = (fields: readonly { name: string; value: string }[]): void => {
    if (method === "API_KEY") return paste();
    if (method === "FILE_UPLOAD") return void make();
    // On the click itself: a window opened after an await would be blocked.
    const window = openConsentWindow();
    setState({ kind: "opening" });
    void settle(askConsent(client, { platform, purpose, fields }), window);
  };
  const goOn = (where: "window" | "tab"): void => {
    if (state.kind !== "back" || state.isOpening) return;
    const window = where === "window" ? openConsentWindow() : null;
    if (window?.isAtSourceFor(state.attempt.id)) return window.focus();
    const opening = { ...state, isOpening: true, problem: null };
    setState(opening);
    void settle(askConsent(client, { platform, purpose, fields: [] }), window, opening);
  };
  const make = async (): Promise<void> => {
    setState({ kind: "opening" });
    const outcome = await send(client, ConnectNativeMutation, {
      input: { platform, name: null, idempotencyKey: newIdempotencyKey() },
    });
    if (outcome.ok && outcome.result.__typename === "ConnectNativeSuccess")
      return setState({ kind: "made", datasource: outcome.result.datasource.id });
    setState({ kind: "prepare", problem: outcome.ok ? { code: "UNREACHABLE" } : outcome.problem, fields: [] });
  };
  const settle = async (
    request: Promise<Outcome<ConsentResult>>,
    window: ConsentWindow | null,
    from: Back | null = null,
  ): Promise<void> => {
    const outcome = await request;
    if (outcome.ok && outcome.result.authorizeUrl && outcome.result.attempt && outcome.result.datasource) {
      const { authorizeUrl, attempt, datasource } = outcome.result;
      if (window === null) {
        setOutInThisTab(attempt.id);
        location.assign(authorizeUrl);
        return setState({ kind: "back", attempt, datasource: datasource.id });
      }
      window.go(authorizeUrl, attempt.id);
      return setState({ kind: "waiting", attempt, datasource: datasource.id, authorizeUrl, window });
    }
    window?.close();
    setState(notOpened(outcome, from));
  };
  const seen = useAttempt(state);
  const again = (): void => {
    if (seen.attempt?.state === "CHOOSING_ACCOUNT") return setEnding(true);
    setEnding(false);
    setLeft(true);
    setState({ kind: "prepare", problem: null, fields: [] });
  };
  const isGivenUp = isEnding && isGone(seen.attempt);
  return { state, ...seen, key, begin, goOn, paste, again, isGivenUp };
}

/** A pasted key is the only way in, or one beside the consent. */
const takesKey = ({ method, keyFields }: ConnectPlatform, { kind }: Purpose): boolean =>
  method === "API_KEY" || (keyFields.length > 0 && kind !== "continue");

/** Before anything was begun here the address says where it stands: at an attempt, or at the key, which is itself kept nowhere. */
function standsAt(begun: FlowState, back: FlowState | null, isPasting: boolean): FlowState {
  if (begun.kind !== "prepare") return begun;
  if (back && begun.problem === null) return back;
  return isPasting ? { kind: "pasting" } : begun;
}

/** What already waits at the source goes on waiting, and is watched. */
function notOpened(outcome: Outcome<ConsentResult>, from: Back | null): FlowState {
  const problem: Told = outcome.ok ? { code: "UNREACHABLE" } : outcome.problem;
  if (from !== null) return { ...from, isOpening: false, problem };
  return { kind: "prepare", problem, fields: outcome.ok ? [] : outcome.fields };
}

interface Asked {
  platform: string;
  purpose: Purpose;
  fields: readonly { name: string; value: string }[];
}

function askConsent(client: Client, { platform, purpose, fields }: Asked): Promise<Outcome<ConsentResult>> {
  const base = { returnTo: "CONNECT" as const, idempotencyKey: newIdempotencyKey() };
  const values = { platform, fields: [...fields] };
  switch (purpose.kind) {
    case "connect":
      return send(client, ConnectMutation, { input: { ...base, ...values } });
    case "continue":
      return send(client, ContinueMutation, { input: { ...base, datasource: purpose.datasource } });
    case "replace":
      return send(client, ReplaceMutation, { input: { ...base, ...values, datasource: purpose.datasource } });
    case "reauthorize":
      return send(client, ReauthorizeMutation, { input: { ...base, datasource: purpose.datasource } });
  }
}

/** An attempt that the address names, or that is past the consent screen, goes on where it stands. */
function useBack(purpose: Purpose): FlowState | null {
  const [found, setFound] = useState<Back | null>(null);
  const live = useLive((all) =>
    purpose.kind === "continue" ? (all.byId.get(purpose.datasource)?.attempt ?? null) : null,
  );
  const named = useNamed(purpose);
  if (!("datasource" in purpose)) return null;
  const attempt = standingOf(found?.attempt ?? named.attempt, live);
  if (attempt === null) return named.isAsked ? { kind: "finding", failure: named.failure } : null;
  if (attempt.id === found?.attempt.id) return found;
  const back = { kind: "back", attempt, datasource: purpose.datasource } as const;
  setFound(back);
  return back;
}

interface Named {
  attempt: Attempt | null;
  isAsked: boolean;
  failure: LoadFailure | null;
}

/** The attempt that the address names, whatever became of it. */
function useNamed(purpose: Purpose): Named {
  const id = "attempt" in purpose ? (purpose.attempt ?? null) : null;
  const [{ data, error }, refresh] = useQuery({
    query: AttemptQuery,
    variables: { id: id ?? "" },
    pause: id === null,
    requestPolicy: "network-only",
  });
  const attempt = data?.connectAttempt ?? null;
  const retry = (): void => refresh({ requestPolicy: "network-only" });
  const isAsked = id !== null && attempt === null && (data === undefined || error !== undefined);
  return { attempt, isAsked, failure: error ? { error, retry } : null };
}

/** What each of the three mutations answers when the consent screen may be opened. */
interface ConsentResult {
  __typename: string;
  authorizeUrl?: string | null;
  attempt?: Attempt;
  datasource?: { id: string } | null;
}

const askEveryMs = 2_000;
const over: readonly Attempt["state"][] = ["CONNECTED", "REFUSED", "CANCELLED", "EXPIRED", "FAILED"];

function useAttempt(state: FlowState): Pick<ConnectFlow, "attempt" | "datasource" | "looksClosed"> {
  const client = useClient();
  const [asked, setAsked] = useState<{ attempt: Attempt; datasource: LiveDatasource | null } | null>(null);
  const waitingFor = isWatched(state) ? state.attempt.id : null;
  const live = useLive((all) => (isWatched(state) ? (all.byId.get(state.datasource) ?? null) : null));
  const isOver = asked !== null && asked.attempt.id === waitingFor && over.includes(asked.attempt.state);
  const ask = useCallback(async (): Promise<void> => {
    if (!waitingFor) return;
    const answer = await client.query(AttemptQuery, { id: waitingFor }, { requestPolicy: "network-only" });
    const attempt = answer.data?.connectAttempt;
    if (attempt) setAsked({ attempt, datasource: attempt.datasource });
  }, [client, waitingFor]);
  useEffect(() => {
    if (!waitingFor || isOver) return;
    const timer = setInterval(() => void ask(), askEveryMs);
    const hint = new BroadcastChannel("headwater-connect");
    hint.addEventListener("message", () => void ask());
    return () => {
      clearInterval(timer);
      hint.close();
    };
  }, [ask, waitingFor, isOver]);
  const looksClosed = useLooksClosed(state.kind === "waiting" && !isOver ? state.window : null, ask);
  const known = asked?.attempt.id === waitingFor ? asked : null;
  const fromLive = live?.attempt?.id === waitingFor ? live.attempt : null;
  const told = isWatched(state) ? (newer(known?.attempt ?? null, fromLive) ?? state.attempt) : null;
  const hasCome = told !== null && told.state !== "WAITING_FOR_CONSENT";
  useLayoutEffect(() => {
    // Whoever brought the word: what the window would say is told here from now on, and nothing told leaves it open.
    if (hasCome && state.kind === "waiting") state.window.close();
  }, [hasCome, state]);
  if (!isWatched(state)) return { attempt: null, datasource: null, looksClosed };
  return { attempt: told, datasource: live ?? known?.datasource ?? null, looksClosed };
}

function newer(asked: Attempt | null, live: Attempt | null): Attempt | null {
  if (asked && over.includes(asked.state)) return asked;
  return live ?? asked;
}
