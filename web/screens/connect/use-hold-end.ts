import { useLingui } from "@lingui/react/macro";
import { useEffect } from "react";
import { useFormat } from "../../language.tsx";
import { announce } from "../../parts/announcer.tsx";
import { useNow } from "../../parts/time.tsx";

const warnMs = 2 * 60_000;

/**
 * Whether what waits for somebody is kept for two minutes more at most, told once aloud. Nothing extends it: a consent must end
 * where it began, and so must a login whose accounts nobody chose.
 */
export function useHoldEnd(until: string): boolean {
  const { t } = useLingui();
  const format = useFormat();
  const left = Date.parse(until) - useNow();
  const isEnding = left > 0 && left <= warnMs;
  const told = isEnding ? t`Your sign-in is kept until ${format.time(until)}.` : null;
  useEffect(() => {
    if (told !== null) announce(told);
  }, [told]);
  return isEnding;
}
