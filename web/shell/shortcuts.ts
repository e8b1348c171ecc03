import { useEffect, useEffectEvent } from "react";
import { preferences } from "../preferences.ts";

/** By physical key, so that a Devanagari or Bengali layout works: `KeyJ`, `Slash`, or `KeyG KeyD` for a pair. */
export type Shortcuts = Readonly<Record<string, () => void>>;

const pairWithinMs = 900;
const LEADER = "KeyG";

/** What follows the leader is the second of a pair, and no shortcut of its own: another part of the page may know the pair. */
export const actionFor = (shortcuts: Shortcuts, code: string, before: string | null): (() => void) | undefined =>
  shortcuts[before === LEADER ? `${before} ${code}` : code];

export function useShortcuts(shortcuts: Shortcuts): void {
  const run = useEffectEvent((code: string, before: string | null): boolean => {
    const action = actionFor(shortcuts, code, before);
    action?.();
    return Boolean(action);
  });
  useEffect(() => {
    let before: string | null = null;
    let at = 0;
    const onKey = (event: KeyboardEvent): void => {
      if (
        !preferences().shortcuts ||
        event.ctrlKey ||
        event.metaKey ||
        event.altKey ||
        isTyping(event.target) ||
        dialogIsOpen()
      )
        return;
      const name = event.shiftKey ? `Shift+${event.code}` : event.code;
      if (event.code.startsWith("Shift")) return;
      if (run(name, event.timeStamp - at < pairWithinMs ? before : null)) event.preventDefault();
      before = name;
      at = event.timeStamp;
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.matches('input, textarea, select, [role^="menuitem"]'))
  );
}

function dialogIsOpen(): boolean {
  return document.querySelector("dialog[open]") !== null;
}
