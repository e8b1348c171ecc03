// A bulk file's lines → groups. Roots and children each stand on a line of their own, children somewhere after their
// root. A group is given once enough roots follow it; a child that comes later still is a straggler.
import { SourceFailure } from "../../failure.ts";
import { parseExactly } from "../../json.ts";
import { saidBy } from "../../outbound/redact.ts";
import { isFields, type Fields } from "../../read-fields.ts";
import { idOf } from "../connection.ts";
import type { Group, Straggler, Subject } from "../subject.ts";

export type Batch = {
  readonly groups: readonly Group[];
  readonly stragglers: readonly Straggler[];
  /** Children whose root no line has named. */
  readonly orphans: readonly Fields[];
  /** Everything on the first `lines` lines of the file has been given, here or before. */
  readonly lines: number;
};

export const ROOTS_A_BATCH = 500;

/** Lines before `skip` were given by an earlier attempt; they are read for their roots' versions only. */
export async function* batchesOf(
  lines: AsyncIterable<string>,
  subject: Pick<Subject, "rootType">,
  skip: number,
): AsyncGenerator<Batch> {
  const versions = new Map<string, string>();
  let open = emptyBatch();
  let count = 0;
  for await (const line of lines) {
    if (line === "") continue;
    const node = nodeIn(line);
    const isRoot = isRootOf(node, subject.rootType);
    if (isRoot && count >= skip && open.groups.size >= ROOTS_A_BATCH) {
      yield closed(open, count);
      open = emptyBatch();
    }
    count += 1;
    if (isRoot) versions.set(idOf(node), typeof node["updatedAt"] === "string" ? node["updatedAt"] : "");
    if (count > skip) place(node, isRoot, open, versions);
  }
  yield closed(open, count);
}

type Open = {
  readonly groups: Map<string, { readonly root: Fields; readonly children: Fields[] }>;
  readonly stragglers: Straggler[];
  readonly orphans: Fields[];
};

function emptyBatch(): Open {
  return { groups: new Map(), stragglers: [], orphans: [] };
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
  return { groups, stragglers: open.stragglers, orphans: open.orphans, lines };
}

function isRootOf(node: Fields, rootType: string): boolean {
  return node["__parentId"] === undefined && idOf(node).startsWith(`gid://shopify/${rootType}/`);
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
