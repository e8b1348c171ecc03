import { msg } from "@lingui/core/macro";
import type { MessageDescriptor } from "@lingui/core";
import { Trans, useLingui } from "@lingui/react/macro";
import { type CombinedError, useQuery } from "urql";
import { useFormat } from "../../language.tsx";
import { Icon, type IconName } from "../../parts/icon.tsx";
import { LoadFailed } from "../../parts/states.tsx";
import { Ago } from "../../parts/time.tsx";
import { byKind } from "./dependents.ts";
import { type Dependent, type Rehearsal, RehearsalQuery } from "./detail.documents.ts";
import "./rehearsal.css";

export interface Rehearsed {
  rehearsal: Rehearsal | null;
  error: CombinedError | null;
  again: () => void;
}

export function useRehearsal(id: string, action: Rehearsal["action"]): Rehearsed {
  const [{ data, error }, ask] = useQuery({
    query: RehearsalQuery,
    variables: { id, action },
    requestPolicy: "cache-and-network",
  });
  return {
    rehearsal: data?.datasource?.rehearsal ?? null,
    error: error ?? null,
    again: () => ask({ requestPolicy: "network-only" }),
  };
}

const kinds: Record<Dependent["kind"], { word: MessageDescriptor; icon: IconName }> = {
  TILE: {
    word: msg({ message: "Tiles", comment: "what depends on a datasource: numbers on Overview" }),
    icon: "pulse",
  },
  API_CLIENT: {
    word: msg({ message: "Tools with an API token", comment: "what depends on a datasource" }),
    icon: "key",
  },
  DATASOURCE: { word: msg({ message: "Datasources", comment: "what depends on a datasource" }), icon: "plug" },
};

/** Everything that loses its source, by kind, and from when; in the strongest words where nobody can fetch it later. */
export function WhatStops({ rehearsed: { rehearsal, error, again } }: { rehearsed: Rehearsed }) {
  const format = useFormat();
  return (
    <section className="stops">
      {rehearsal?.consequence && (
        <div className={rehearsal.strength === "STRONG" ? "note b" : "note w"}>
          <Icon name="warning" />
          <p>
            <b>{rehearsal.consequence}</b>
          </p>
        </div>
      )}
      <h3>
        <Trans>What stops</Trans>
      </h3>
      {rehearsal ? (
        <ul className="ls">
          {byKind(rehearsal.dependents).map(([kind, dependents]) => (
            <Kind key={kind} kind={kind} dependents={dependents} />
          ))}
          {rehearsal.dependents.length === 0 && (
            <li>
              <Icon name="dashed" />
              <span>
                <Trans>Nothing depends on it yet.</Trans>
              </span>
            </li>
          )}
          {!isNeverLate(rehearsal.dependents) && (
            <li>
              <Icon name="clock" />
              <span>
                <Trans>Numbers begin to be stale</Trans>
              </span>
              <span className="num">{format.when(rehearsal.staleAt)}</span>
            </li>
          )}
        </ul>
      ) : error ? (
        <LoadFailed error={error} onRetry={again} what={<Trans>What depends on it could not be read.</Trans>} />
      ) : (
        <span className="fade wide" />
      )}
    </section>
  );
}

/** Files come when somebody gives them. */
function isNeverLate(dependents: readonly Dependent[]): boolean {
  const fed = dependents.filter(({ kind }) => kind !== "DATASOURCE");
  return fed.length > 0 && fed.every(({ staleAt }) => staleAt === null);
}

function Kind({ kind, dependents }: { kind: Dependent["kind"]; dependents: readonly Dependent[] }) {
  const { t } = useLingui();
  const format = useFormat();
  const { word, icon } = kinds[kind];
  const [first] = dependents;
  const same = dependents.every(({ staleAt }) => staleAt === first?.staleAt);
  return (
    <li>
      <Icon name={icon} />
      <span className="grow">
        <b>{t(word)}</b>{" "}
        {kind === "TILE" ? (
          <span className="dim">{format.list(dependents.map(({ name }) => name))}</span>
        ) : (
          dependents.map((dependent) => (
            <span key={dependent.name} className="block">
              {dependent.name}
              {dependent.lastUsedAt && (
                <span className="faint">
                  {" · "}
                  <Trans>
                    last used <Ago at={dependent.lastUsedAt} />
                  </Trans>
                </span>
              )}
              {!same && dependent.staleAt && <span className="faint"> · {format.when(dependent.staleAt)}</span>}
            </span>
          ))
        )}
      </span>
      {same && first && (
        <span className="num nowrap">
          {first.staleAt
            ? format.when(first.staleAt)
            : kind === "DATASOURCE" && (
                <Trans comment="it cannot go on without this datasource: at once">at once</Trans>
              )}
        </span>
      )}
    </li>
  );
}
