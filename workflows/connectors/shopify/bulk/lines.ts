// A bulk file's lines → groups. Roots and children each stand on a line of their own, children somewhere after their
// root. A group is given once enough roots follow it; a child that comes later still is a straggler.
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
  /** Children whose root no line has named. */
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
  const versions = new Map<string, string>();
  let open = emptyBatch(anchor);
  let count = anchor?.lines ?? 0;
  let bytes = anchor?.bytes ?? 0;
  for await (const line of lines) {
    const begins = bytes;
    bytes += Buffer.byteLength(line) + 1;
    if (line === "") continue;
    if (anchor !== null && versions.size === 0 && !isLineOf(line, anchor.root))
      throw new Misplaced("no root of ours stands where the reading stopped");
    const node = nodeIn(line);
    const isRoot = isRootOf(node, subject.rootType);
    if (isRoot && count >= skip && open.groups.size >= ROOTS_A_BATCH) {
      yield closed(open, count);
      open = emptyBatch(open.anchor);
    }
    if (isRoot && open.groups.size === ROOTS_A_BATCH - ROOTS_AGAIN)
      open.anchor = { bytes: begins, lines: count, root: idOf(node) };
    count += 1;
    if (isRoot) versions.set(idOf(node), typeof node["updatedAt"] === "string" ? node["updatedAt"] : "");
    if (count > skip) place(node, isRoot, open, versions);
    if (anchor !== null && open.orphans.length > 0) throw new Misplaced("its root stands further up");
  }
  yield closed(open, count);
}

type Open = {
  anchor: Anchor | null;
  readonly groups: Map<string, { readonly root: Fields; readonly children: Fields[] }>;
  readonly stragglers: Straggler[];
  readonly orphans: Fields[];
};

function emptyBatch(anchor: Anchor | null): Open {
  return { anchor, groups: new Map(), stragglers: [], orphans: [] };
}

function place(node: Fields, isRoot: boolean, open: Open, versions: ReadonlyMap<string, string>): void {
  if (isRoot) {
    open.groups.set(idOf(node), { root: node, children: [] });
    return;
  }
  const rootId = typeof node["__parentId"] === "string" ? node["__parentId"] : "";
  const group = open.groups.get(rootId);
  const versionAt = versions.get(rootId);
  if (group !== undefined) group.children.push(node);
  else if (versionAt === undefined) open.orphans.push(node);
  else open.stragglers.push({ child: node, rootId, versionAt });
}

function closed(open: Open, lines: number): Batch {
  const groups = [...open.groups.values()].map(({ root, children }) => ({ root, children, childrenAfter: null }));
  return { groups, stragglers: open.stragglers, orphans: open.orphans, lines, anchor: open.anchor };
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
