import { Trans } from "@lingui/react/macro";
import { useQuery } from "urql";
import { useFormat } from "../../language.tsx";
import { Icon } from "../../parts/icon.tsx";
import { type Rehearsal, RehearsalQuery } from "./detail.documents.ts";

export function useRehearsal(id: string): Rehearsal | null {
  const [{ data }] = useQuery({ query: RehearsalQuery, variables: { id }, requestPolicy: "cache-and-network" });
  return data?.datasource?.rehearsal ?? null;
}

/** Tiles, charts and tools that lose their source, and from when. */
export function WhatStops({ rehearsal }: { rehearsal: Rehearsal | null }) {
  const format = useFormat();
  return (
    <section>
      <h3>
        <Trans>What stops</Trans>
      </h3>
      {rehearsal ? (
        <ul className="ls">
          {rehearsal.stops.map((line) => (
            <li key={line}>
              <Icon name="pulse" />
              <span>{line}</span>
            </li>
          ))}
          <li>
            <Icon name="clock" />
            <span>
              <Trans>Numbers begin to be stale</Trans>
            </span>
            <span className="num">{format.when(rehearsal.staleAt)}</span>
          </li>
        </ul>
      ) : (
        <span className="fade wide" />
      )}
    </section>
  );
}
