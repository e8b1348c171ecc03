import { useSyncExternalStore } from "react";
import { hearers } from "./hearers.ts";

/** One polite region: at most one message in ten seconds, what came meanwhile is merged. */
const quietMs = 10_000;
const { subscribe, tell } = hearers();
let spoken: { readonly n: number; readonly texts: readonly string[] } = { n: 0, texts: [] };
let waiting: string[] = [];
let lastAt = Number.NEGATIVE_INFINITY;
let timer: ReturnType<typeof setTimeout> | null = null;

export function announce(text: string): void {
  if (!waiting.includes(text)) waiting.push(text);
  timer ??= setTimeout(speak, Math.max(0, lastAt + quietMs - Date.now()));
}

/** Of what does not hold any more: not said if it waits, and not left standing if it was. */
export function unsay(text: string): void {
  waiting = waiting.filter((one) => one !== text);
  if (!spoken.texts.includes(text)) return;
  spoken = { ...spoken, texts: spoken.texts.filter((one) => one !== text) };
  tell();
}

function speak(): void {
  timer = null;
  if (waiting.length === 0) return;
  lastAt = Date.now();
  spoken = { n: spoken.n + 1, texts: waiting };
  waiting = [];
  tell();
}

/** How often it has spoken: a region that opens later holds nothing of that. */
export const spokenSoFar = (): number => spoken.n;

/** The same words again are new ones to a screen reader, as they stand in elements of their own. */
export const elementsOf = ({ n, texts }: typeof spoken) =>
  texts.map((text, place) => <span key={`${n} ${text}`}>{place === 0 ? text : ` ${text}`}</span>);

export function Announcer({ since = 0 }: { since?: number }) {
  const read = () => spoken;
  const told = useSyncExternalStore(subscribe, read, read);
  return (
    <div role="status" className="vh">
      {told.n > since && elementsOf(told)}
    </div>
  );
}
