import { useLingui } from "@lingui/react/macro";
import { useEffect } from "react";
import { announce } from "../../parts/announcer.tsx";

/** A button that says so is not read again to whoever pressed it. */
export function useTellSlow(isSlow: boolean): void {
  const { t } = useLingui();
  useEffect(() => {
    if (isSlow) announce(t`Still waiting. It will happen even if you leave.`);
  }, [isSlow, t]);
}
