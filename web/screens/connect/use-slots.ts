import { useLive } from "../../live/live.tsx";
import { usePlace } from "../../shell/organisation.tsx";
import type { ConnectPlatform } from "./connect.documents.ts";
import type { Purpose } from "./connect-flow.ts";

/** How full the plan is, now. */
export function useSlots() {
  const { organisation: atStart } = usePlace();
  return (useLive((state) => state.organisation) ?? atStart).slots;
}

/** No slot is free: said before anybody signs in or makes a key. What takes another's place needs none. */
export function useLimit({ slotLimit }: ConnectPlatform, { kind }: Purpose): ConnectPlatform["slotLimit"] {
  const { free } = useSlots();
  return kind === "connect" && free === 0 ? slotLimit : null;
}
