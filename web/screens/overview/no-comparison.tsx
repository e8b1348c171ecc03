import { Trans } from "@lingui/react/macro";
import { useFormat } from "../../language.tsx";
import type { OverviewData } from "./overview.documents.ts";
import { addDays } from "./ranges.ts";

type Source = OverviewData["sources"][number];

interface Props {
  /** What the number is made of. */
  sources: readonly Source[];
  range: Pick<OverviewData["range"], "from" | "to">;
}

/** Why a number that is a part is not held against the days before, and from when on it will be; some never are. */
export function NoComparison({ sources, range }: Props) {
  const format = useFormat();
  const short = sources.filter(({ mark }) => mark !== "COMPLETE");
  const ended = short.find(({ frozenAt }) => frozenAt !== null);
  const last = format.day(range.to);
  if (ended?.datasource.countsUntil)
    return (
      <Trans>
        None: {ended.datasource.name} was not read up to the moment at which it was replaced, so these days stay a part.
      </Trans>
    );
  if (ended)
    return (
      <Trans>None: {ended.datasource.name} was disconnected before these days were over, so they stay a part.</Trans>
    );
  if (range.to >= format.today())
    return (
      <Trans>
        None while {last} goes on: a part of it is not held against whole days. There is one from{" "}
        {format.day(addDays(range.to, 1))} on, once all of {last} is read.
      </Trans>
    );
  if (short.length > 0)
    return (
      <Trans>
        None yet: a part is not held against whole days. There is one once everything through {last} is in from{" "}
        {format.list(short.map(({ datasource }) => datasource.name))}.
      </Trans>
    );
  return <Trans>None yet: a part is not held against whole days. There is one once all of it is counted.</Trans>;
}
