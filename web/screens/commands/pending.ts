import { useEffect, useState, useSyncExternalStore } from "react";
import type { ActionName, LiveDatasource } from "../../live/live.documents.ts";
import { hearers } from "../../parts/hearers.ts";

interface Given {
  readonly at: number;
  /** Null until the server has answered. */
  readonly commandId: string | null;
  /** The run that was under way at the click. */
  readonly runBefore: RunId | null;
  /** What the source was waited for at the click: until when. */
  readonly waitBefore: string | null;
}

export type RunId = NonNullable<LiveDatasource["currentRun"]>["id"];

const slowAfterMs = 10_000;
const forgetAfterMs = 60_000;
const given = new Map<string, Given>();
const { subscribe, tell } = hearers();

export type PendingState = "no" | "accepted" | "slow";

const keyOf = (datasource: string, action: ActionName): string => `${datasource} ${action}`;

/** A command shows as accepted from the click; its end comes by the subscription. */
export function setPending(datasource: string, action: ActionName, entry: Omit<Given, "at">): void {
  given.set(keyOf(datasource, action), { at: Date.now(), ...entry });
  tell();
}

export function clearPending(datasource: string, action: ActionName): void {
  given.delete(keyOf(datasource, action));
  tell();
}

function isSettled(entry: Given, commands: LiveDatasource["commands"], now: number): boolean {
  if (now - entry.at > forgetAfterMs) return true;
  const row = commands.find((command) => command.id === entry.commandId);
  return row !== undefined && row.state !== "ACCEPTED";
}

export function usePending(datasource: LiveDatasource, action: ActionName): PendingState {
  const entry = useSyncExternalStore(subscribe, () => given.get(keyOf(datasource.id, action)) ?? null);
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!entry) return;
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, [entry]);
  const over = entry !== null && isSettled(entry, datasource.commands, now);
  useEffect(() => {
    if (over) clearPending(datasource.id, action);
  }, [over, datasource.id, action]);
  if (!entry || over) return "no";
  return now - entry.at > slowAfterMs ? "slow" : "accepted";
}

/** What is waited for now and was not at the click: where it has become known since, its end. */
export const waitSince = (datasource: string, action: ActionName, wait: string | null): string | null =>
  given.get(keyOf(datasource, action))?.waitBefore === wait ? null : wait;

/** Whoever asked, and on whichever page. */
export const runBefore = (datasource: string, action: ActionName): RunId | null =>
  given.get(keyOf(datasource, action))?.runBefore ?? null;
