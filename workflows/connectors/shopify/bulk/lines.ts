// A bulk file's lines → groups. Roots and children each stand on a line of their own, in an order that nobody promises. A
// child that comes before its root waits for it. A group is given once enough roots follow it; a child that comes later
// still is a straggler.
import { SourceFailure } from "../../failure.ts";
import { parseExactly } from "../../json.ts";
import { saidBy } from "../../outbound/redact.ts";
import { isFields, type Fields } from "../../read-fields.ts";
import { idOf } from "../connection.ts";
import type { Anchor } from "./cursor.ts";
import type { Group, Straggler, Subject } from "../subject.ts";

export type Batch = {
  readonly groups: readonly Group[];
  readonly stragglers: readonly Straggler[];
  /** Children whose root no line of the whole file has named; told with its end. */
  readonly orphans: readonly Fields[];
  /** Everything on the first `lines` lines of the file has been given, here or before. */
  readonly lines: number;
  /** A root shortly before its end: reading goes on from there, so that children which come a little late find theirs. */
  readonly anchor: Anchor | null;
};

/** Few, for what was read and not yet committed is read again after a crash. */
export const ROOTS_A_BATCH = 100;
/** Roots before a batch's end that are read once more when the reading goes on after it. */
export const ROOTS_AGAIN = 25;

/** What comes after an anchor cannot be told without what stands before it: the file has to be read from its start. */
export class Misplaced extends Error {}

export type Reading = {
  readonly subject: Pick<Subject, "rootType">;
  /** Lines before were given by an earlier attempt; they are read for their roots' versions only. */
  readonly skip: number;
  /** Where `lines` begins in the file; null at its start. */
  readonly anchor: Anchor | null;
};

export async function* batchesOf(lines: AsyncIterable<string>, reading: Reading): AsyncGenerator<Batch> {
  const { subject, skip, anchor } = reading;
  const known: Known = { versions: new Map(), early: new Map() };
  let open = emptyBatch(anchor);
  let count = anchor?.lines ?? 0;
  let bytes = anchor?.bytes ?? 0;
  for await (const line of lines) {
    const begins = bytes;
    bytes += Buffer.byteLength(line) + 1;
    if (line === "") continue;
    if (anchor !== null && known.versions.size === 0 && !isLineOf(line, anchor.root))
      throw new Misplaced("no root of ours stands where the reading stopped");
    const node = nodeIn(line);
    const isRoot = isRootOf(node, subject.rootType);
    if (isRoot && count >= skip && open.groups.size >= ROOTS_A_BATCH) {
      if (known.early.size > 0) open.anchor = null; // from there on, what waits for its root would be missed
      yield closed(open, count, []);
      open = emptyBatch(open.anchor);
    }
    if (isRoot && open.groups.size === ROOTS_A_BATCH - ROOTS_AGAIN)
      open.anchor = { bytes: begins, lines: count, root: idOf(node) };
    count += 1;
    if (isRoot) known.versions.set(idOf(node), typeof node["updatedAt"] === "string" ? node["updatedAt"] : "");
    const isGiven = count <= skip;
    if (!isRoot && anchor !== null && !known.versions.has(rootOf(node))) {
      if (isGiven) continue;
      throw new Misplaced("its root stands further up, if anywhere");
    }
    place(node, isRoot, isGiven ? null : open, known);
  }
  yield closed(open, count, [...known.early.values()].flat());
}

type Known = {
  readonly versions: Map<string, string>;
  /** Children that came before their root, by its id. */
  readonly early: Map<string, Fields[]>;
};
type Open = {
  anchor: Anchor | null;
  readonly groups: Map<string, { readonly root: Fields; readonly children: Fields[] }>;
  readonly stragglers: Straggler[];
};

function emptyBatch(anchor: Anchor | null): Open {
  return { anchor, groups: new Map(), stragglers: [] };
}

const rootOf = (child: Fields): string => (typeof child["__parentId"] === "string" ? child["__parentId"] : "");

/** `open` is null for what has been given: it is only known then. */
function place(node: Fields, isRoot: boolean, open: Open | null, { versions, early }: Known): void {
  const rootId = isRoot ? idOf(node) : rootOf(node);
  const group = open?.groups.get(rootId);
  const versionAt = versions.get(rootId);
  if (isRoot) {
    // One that stands twice keeps what came with the first.
    open?.groups.set(rootId, { root: node, children: group?.children ?? early.get(rootId) ?? [] });
    early.delete(rootId);
  } else if (versionAt === undefined) {
    const others = early.get(rootId);
    if (others === undefined) early.set(rootId, [node]);
    else others.push(node);
  } else if (group !== undefined) group.children.push(node);
  else open?.stragglers.push({ child: node, rootId, versionAt });
}

function closed(open: Open, lines: number, orphans: readonly Fields[]): Batch {
  const groups = [...open.groups.values()].map(({ root, children }) => ({ root, children, childrenAfter: null }));
  return { groups, stragglers: open.stragglers, orphans, lines, anchor: open.anchor };
}

function isRootOf(node: Fields, rootType: string): boolean {
  return node["__parentId"] === undefined && idOf(node).startsWith(`gid://shopify/${rootType}/`);
}

function isLineOf(line: string, root: string): boolean {
  try {
    const node = parseExactly(line);
    return isFields(node) && idOf(node) === root;
  } catch {
    // half a line: nobody's
    return false;
  }
}

function nodeIn(line: string): Fields {
  try {
    const node = parseExactly(line);
    if (isFields(node)) return node;
  } catch {
    // half a line: said below
  }
  throw new SourceFailure({ class: "transient", code: "shopify.brokenFile", said: saidBy(line) });
}
