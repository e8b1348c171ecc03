import { useState } from "react";
import { useClient } from "urql";
import { newIdempotencyKey } from "../../client.ts";
import { hasNoRoom, type Told } from "../commands/problems.tsx";
import type { Attempt } from "./connect.documents.ts";
import { ConnectWithKeyMutation, type KeyCheck, type KeyReads, TryKeyMutation } from "./key.documents.ts";

export type Pasted = readonly { name: string; value: string }[];

export interface KeyTrial {
  /** What is under way: a trial that stores nothing, or the key's keeping. */
  busy: "trying" | "keeping" | null;
  /** Null until something was tried as it now stands in the field. */
  checks: readonly KeyCheck[] | null;
  /** Whom the key opens, where it does. */
  reads: KeyReads | null;
  problem: Told | null;
  fields: readonly { path: string; message: string }[];
}

export const untried: KeyTrial = { busy: null, checks: null, reads: null, problem: null, fields: [] };

export interface KeyFlow {
  trial: KeyTrial;
  /** What stands in the field has changed: what was found out is of another key. */
  forget: () => void;
  tryIt: (pasted: Pasted) => void;
  keep: (pasted: Pasted) => void;
}

/** `datasource`: it gets a new key without a gap. `replaces`: what the key connects takes that one's place. */
export interface KeyPlace {
  datasource: string | null;
  replaces: string | null;
}

/** Tries a pasted key one permission after another, then has it kept. */
export function useKey(
  platform: string,
  place: KeyPlace,
  onKept: (attempt: Attempt, datasource: string) => void,
): KeyFlow {
  const client = useClient();
  const [trial, setTrial] = useState(untried);
  const tryIt = async (pasted: Pasted): Promise<void> => {
    const asked: KeyTrial = { ...untried, busy: "trying" };
    setTrial(asked);
    const { data } = await client.mutation(TryKeyMutation, { input: { platform, fields: [...pasted] } }).toPromise();
    const result = data?.result;
    const found =
      result?.__typename === "TryKeySuccess"
        ? { ...untried, checks: result.checks, reads: result.reads }
        : foundWrong(result);
    // Where another key stands in the field by now, this is none of it.
    setTrial((now) => (now === asked ? found : now));
  };
  const keep = async (pasted: Pasted): Promise<void> => {
    setTrial({ ...trial, busy: "keeping", problem: null, fields: [] });
    const input = { platform, ...place, fields: [...pasted], idempotencyKey: newIdempotencyKey() };
    const { data } = await client.mutation(ConnectWithKeyMutation, { input }).toPromise();
    const result = data?.result;
    if (result?.__typename === "ConnectWithKeySuccess") onKept(result.attempt, result.datasource.id);
    // The key was good: once there is room it is kept as it stands here.
    else if (result && hasNoRoom(result)) setTrial({ ...trial, busy: null, problem: result });
    else setTrial(foundWrong(result));
  };
  return {
    trial,
    forget: () => setTrial(untried),
    tryIt: (pasted) => void tryIt(pasted),
    keep: (pasted) => void keep(pasted),
  };
}

type Wrong = Extract<Told, { message: string }> & { checks?: readonly KeyCheck[]; fields?: KeyTrial["fields"] };

function foundWrong(result: Wrong | undefined): KeyTrial {
  if (!result) return { ...untried, problem: { code: "UNREACHABLE" } };
  // What does not look like a key is tried nowhere.
  const checks = result.checks?.length ? result.checks : null;
  // What was tried says itself what to do about it.
  const problem = checks === null ? result : { ...result, remedy: null };
  return { ...untried, checks, problem, fields: result.fields ?? [] };
}
