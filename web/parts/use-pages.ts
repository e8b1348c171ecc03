import { useState } from "react";
import { type CombinedError, type TypedDocumentNode, useClient, useQuery } from "urql";
import { continued, type Held, holdAnew, type Page, refreshed, rowsOf } from "./held-pages.ts";

export interface Pages<Data, Row> {
  readonly data: Data | undefined;
  /** Null until the first page is read. */
  readonly rows: readonly Row[] | null;
  readonly error: CombinedError | undefined;
  readonly again: () => void;
  /** Reads the next older page; null where there is none. */
  readonly more: (() => void) | null;
}

/**
 * The newest page of a list, read again when asked to, and as many older ones as a person wants. Whoever shows it is mounted
 * anew (`key`) for another list.
 */
export function usePages<Data, Variables extends { after?: string | null }, Row extends { readonly id: string }>(
  query: TypedDocumentNode<Data, Variables>,
  variables: Variables,
  pageIn: (data: Data) => Page<Row> | null | undefined,
): Pages<Data, Row> {
  const client = useClient();
  const [{ data, error }, refresh] = useQuery<Data, Variables>({
    query,
    variables,
    requestPolicy: "cache-and-network",
  });
  const [held, setHeld] = useState<Held<Row> | null>(null);
  const [failed, setFailed] = useState<CombinedError | undefined>();
  const [isReading, setReading] = useState(false);
  const newest = data === undefined ? null : (pageIn(data) ?? null);
  if (newest !== null && newest !== held?.newest) setHeld(held === null ? holdAnew(newest) : refreshed(held, newest));
  const more = async (after: string | null): Promise<void> => {
    if (isReading) return;
    setReading(true);
    const answer = await client.query(query, { ...variables, after }, { requestPolicy: "network-only" }).toPromise();
    const page = answer.data === undefined ? null : pageIn(answer.data);
    if (page) setHeld((now) => (now === null ? null : continued(now, page)));
    setFailed(answer.error);
    setReading(false);
  };
  const end = held?.end;
  return {
    data,
    rows: held === null ? null : rowsOf(held),
    error: error ?? failed,
    again: () => refresh({ requestPolicy: "network-only" }),
    more: end?.hasNextPage === true ? () => void more(end.endCursor) : null,
  };
}
