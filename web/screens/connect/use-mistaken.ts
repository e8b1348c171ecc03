import { useEffect, useState } from "react";
import { announce, unsay } from "../../parts/announcer.tsx";
import type { ConnectPlatform } from "./connect.documents.ts";
import { mistakenFor } from "./mistaken-for.ts";

/** Long enough that nothing is said between two letters. */
const pauseMs = 700;

/** Looked at once the person pauses, so that what is still being typed is not judged. */
export function useMistaken(field: ConnectPlatform["connectFields"][number], typed: string): string | null {
  const [looked, setLooked] = useState("");
  const message = looked === typed ? mistakenFor(field, typed) : null;
  useEffect(() => {
    const timer = setTimeout(() => setLooked(typed), pauseMs);
    return () => clearTimeout(timer);
  }, [typed]);
  useEffect(() => {
    if (message === null) return;
    announce(message);
    return () => unsay(message);
  }, [message]);
  return message;
}
