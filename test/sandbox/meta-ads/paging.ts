// A request as the Graph API reads it, and pages of a list with their cursors.
import { GraphError } from "./graph-error.ts";

export type Given = ReadonlyMap<string, string>;

export interface GraphRequest {
  readonly method: string;
  readonly version: string;
  readonly path: readonly string[];
  readonly given: Given;
  readonly bearer: string | null;
}

const cursorOf = (offset: number): string => Buffer.from(`M${offset}`).toString("base64url");
function offsetIn(after: string | undefined): number {
  if (after === undefined || after === "") return 0;
  const text = Buffer.from(after, "base64url").toString();
  if (!/^M\d+$/.test(text))
    throw new GraphError(100, "(#100) Invalid cursor: the after cursor is not valid.", { type: "OAuthException" });
  return Number(text.slice(1));
}

/** Rows from the cursor on; `paging.next` holds the token, as Meta's does. */
export function paged<T>(request: GraphRequest, list: readonly T[], limitMost = 500): { data: T[]; paging: object } {
  const limit = Math.min(limitMost, Math.max(1, Number(request.given.get("limit") ?? 25)));
  const start = offsetIn(request.given.get("after"));
  const data = list.slice(start, start + limit);
  const end = start + data.length;
  const next = new URL(`https://graph.facebook.com/${request.version}/${request.path.join("/")}`);
  for (const [name, value] of request.given) next.searchParams.set(name, value);
  next.searchParams.set("access_token", request.bearer ?? "");
  next.searchParams.set("after", cursorOf(end));
  const cursors = { before: cursorOf(start), after: cursorOf(end) };
  return { data, paging: data.length === 0 ? {} : end < list.length ? { cursors, next: next.href } : { cursors } };
}
