import { useLingui } from "@lingui/react/macro";
import type { LiveDatasource } from "../live/live.documents.ts";

const shown = 24;
const looks: Record<LiveDatasource["recentRuns"][number]["state"], string> = {
  SUCCEEDED: "",
  FAILED: "f",
  CANCELLED: "x",
  RUNNING: "m",
};

/** The last runs as bars, newest at the end: failed ones are taller and red, a missing run is a dot. */
export function RunMarks({ runs }: { runs: LiveDatasource["recentRuns"] }) {
  const { t } = useLingui();
  const inOrder = [...runs].toSorted((a, b) => (a.startedAt < b.startedAt ? -1 : 1)).slice(-shown);
  const failed = inOrder.filter(({ state }) => state === "FAILED").length;
  if (inOrder.length === 0) return <span className="faint">–</span>;
  return (
    <span className="runs" role="img" aria-label={t`${inOrder.length} runs, ${failed} failed`}>
      {inOrder.map(({ id, state }) => (
        <i key={id} className={looks[state]} />
      ))}
    </span>
  );
}
