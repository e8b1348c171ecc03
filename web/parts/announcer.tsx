import { useSyncExternalStore } from "react";
import { hearers } from "./hearers.ts";

/** One polite region: at most one message in ten seconds, what came meanwhile is merged. */
const quietMs = 10_000;
const { subscribe, tell } = hearers();
let spoken = "";
let waiting: string[] = [];
let lastAt = Number.NEGATIVE_INFINITY;
let timer: ReturnType<typeof setTimeout> | null = null;

export function announce(text: string): void {
  if (!waiting.includes(text)) waiting.push(text);
  timer ??= setTimeout(speak, Math.max(0, lastAt + quietMs - Date.now()));
}

function speak(): void {
  timer = null;
  lastAt = Date.now();
  spoken = waiting.join(" ");
  waiting = [];
  tell();
}

export function Announcer() {
  const read = (): string => spoken;
  const text = useSyncExternalStore(subscribe, read, read);
  return (
    <div role="status" className="vh">
      {text}
    </div>
  );
}
