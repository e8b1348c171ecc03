import { useLingui } from "@lingui/react/macro";

interface LegendProps {
  isOfOne: boolean;
  isStill: boolean;
  /** Days were wanted before the others. */
  isWanted: boolean;
}

/** What the marks of the map mean. */
export function MapLegend({ isOfOne, isStill, isWanted }: LegendProps) {
  const { t } = useLingui();
  return (
    <>
      <Mark state="ALL" word={isOfOne ? t`Complete` : t`All streams`} />
      {!isOfOne && <Mark state="SOME" word={t`Some streams`} />}
      {!isStill && (
        <>
          <Mark state="READING" word={t({ message: "Being read", comment: "days whose window is being read" })} />
          <Mark state="NOW" word={t({ message: "Now", comment: "the day that is being read" })} />
        </>
      )}
      <Mark state="QUEUED" word={t`Queued`} />
      {isWanted && (
        <Mark state="FORWARD" word={t({ message: "Brought forward", comment: "days that are read first" })} />
      )}
    </>
  );
}

function Mark({ state, word }: { state: keyof typeof legendLooks; word: string }) {
  return (
    <span>
      <b className="mr">
        <i className={legendLooks[state]} />
      </b>
      {word}
    </span>
  );
}

const legendLooks = { ALL: "d", SOME: "h", READING: "w", NOW: "n", QUEUED: "q", FORWARD: "q b" } as const;
