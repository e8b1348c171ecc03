/** Opens a run: what stands, the fence, the source's session, and what a batch needs to know. */
import type { Stream } from "@headwater/connectors/contract.ts";
import type { RecordKind } from "@headwater/connectors/records.ts";
import { SourceFailure } from "@headwater/connectors/failure.ts";
import { type OpenOptions, type OpenSource, openSource } from "../source/session.ts";
import { readStanding, type Standing } from "../source/standing.ts";
import type { BatchContext } from "./commit-batch.ts";
import type { LoadDeps, RunRef } from "./contract.ts";
import { Fenced, fencedBy } from "./fence.ts";

export interface OpenRun {
  standing: Standing;
  source: OpenSource;
  zone: string;
}

export const openRun = async (deps: LoadDeps, run: RunRef, signal: AbortSignal): Promise<OpenRun> =>
  openOn(deps, run, await mustStand(deps, run), { signal });

/** What stands, past the fence. */
export async function mustStand(deps: LoadDeps, run: RunRef): Promise<Standing> {
  const standing = await readStanding(deps.sql, run);
  const forbids = fencedBy(standing, run.generation);
  if (standing === undefined || forbids !== null) throw new Fenced(forbids ?? "missing", standing?.intent_version ?? 0);
  return standing;
}

export const openOn = (deps: LoadDeps, run: RunRef, standing: Standing, options: OpenOptions): OpenRun => ({
  standing,
  source: openSource(deps, run, standing, options),
  zone: standing.account?.zone ?? "UTC",
});

export function streamNamed(source: OpenSource, name: string): Stream {
  const stream = source.connector.streams.find((candidate) => candidate.name === name);
  if (stream !== undefined) return stream;
  throw new SourceFailure({ class: "invalid_request", code: "stream.unknown", said: name });
}

/** Streams with pages of their own that the granted scopes feed. */
export const readableStreams = ({ connector, session }: OpenSource): Stream[] =>
  connector.streams.filter(
    (stream) => stream.pages !== undefined && stream.needs.every((scope) => session.scopes.has(scope)),
  );

/** What was made before that instant may still be there, and is not to be buried. */
export const shownFrom = (stream: Stream, { session }: Pick<OpenSource, "session">): Date | null =>
  stream.shownFrom?.(session) ?? null;

const carriedBy = ({ connector }: Pick<OpenSource, "connector">, stream: Stream): string[] =>
  connector.streams.filter((candidate) => candidate.carriedBy === stream.name).map(({ name }) => name);

export function batchContext(deps: LoadDeps, run: RunRef, open: OpenRun, stream: Stream): BatchContext {
  const { standing, source } = open;
  const { account_id: accountId } = standing;
  const [firstKind] = stream.kinds;
  if (accountId === null) throw new Error("the datasource has no account yet");
  if (firstKind === undefined) throw new Error(`stream ${stream.name} names no record kind`);
  const streamByKind = new Map<RecordKind, string>();
  for (const carried of source.connector.streams) {
    if (carried.name !== stream.name && carried.carriedBy !== stream.name) continue;
    for (const kind of carried.kinds) if (!streamByKind.has(kind)) streamByKind.set(kind, carried.name);
  }
  return {
    sql: deps.sql,
    run,
    owner: { organisationId: run.organisationId, accountId },
    zone: open.zone,
    accountCurrency: standing.account?.currency ?? null,
    stream: stream.name,
    streams: [stream.name, ...carriedBy(source, stream)],
    streamByKind,
    firstKind,
    shownFrom: shownFrom(stream, source),
    alongside: { write: (tx) => source.calls.write(tx, run), undo: () => source.calls.undo() },
  };
}
