import { type KeyboardEvent, useState } from "react";
import { isForInputMethod } from "../../parts/input-method.ts";
import type { Option } from "./results.ts";

interface Mark {
  id: string | null;
  /** It lies under the pointer already: bringing it into view would move the list away from there. */
  isPointedAt: boolean;
}

const none: Mark = { id: null, isPointedAt: false };

/** Which one is marked; where that is gone, the first. It stays marked while others come and go. */
export function useMarked(options: readonly Option[]) {
  const [{ id, isPointedAt }, setMark] = useState(none);
  const found = options.findIndex((option) => option.id === id);
  const at = Math.max(0, found);
  const go = (place: number): void =>
    setMark({ id: options.at(place % options.length)?.id ?? null, isPointedAt: false });
  const onKey = (event: KeyboardEvent, take: () => void): void => {
    if (isForInputMethod(event.nativeEvent) || event.shiftKey || options.length === 0) return;
    const moves: Readonly<Record<string, () => void>> = {
      ArrowDown: () => go(at + 1),
      ArrowUp: () => go(at - 1),
      Home: () => go(0),
      End: () => go(-1),
      // Whoever holds Enter to open it has not chosen yet.
      Enter: () => !event.repeat && take(),
    };
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    move();
  };
  return {
    marked: options[at] ?? null,
    isPointedAt,
    // The same again, at every move of a pointer, is no news.
    pointAt: (option: string) =>
      setMark((mark) => (mark.id === option && mark.isPointedAt ? mark : { id: option, isPointedAt: true })),
    markFirst: () => setMark(none),
    onKey,
  };
}
