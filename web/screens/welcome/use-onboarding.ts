import { useClient, useQuery } from "urql";
import { useLive } from "../../live/live.tsx";
import type { LiveState } from "../../live/live-store.ts";
import { useRefresh } from "../../live/use-refresh.ts";
import { DismissOnboardingMutation, OnboardingQuery } from "./welcome.documents.ts";

/** The steps are told from the datasources' own facts, so these say when to look again. */
function factsOf({ byId }: LiveState): string {
  return [...byId.values()]
    .map(({ id, connectedAt, firstNumbersAt, lastSuccessAt }) =>
      [id, connectedAt, firstNumbersAt, lastSuccessAt].join(),
    )
    .join(" ");
}

export function useOnboarding() {
  const client = useClient();
  const [{ data, error }, refresh] = useQuery({ query: OnboardingQuery, requestPolicy: "cache-and-network" });
  const again = (): void => refresh({ requestPolicy: "network-only" });
  useRefresh(useLive(factsOf), again);
  return {
    onboarding: data?.organisation?.onboarding ?? null,
    error: error ?? null,
    again,
    dismiss: () =>
      void client
        .mutation(DismissOnboardingMutation, { input: { isDismissed: true } })
        .toPromise()
        .then(again),
  };
}
