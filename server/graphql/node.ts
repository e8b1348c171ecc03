/** Global ids: opaque to clients, checked before they come near a statement. What is foreign, absent or forbidden is null alike. */
import { isUuid } from "@headwater/db/schema/ids.ts";
import type { Permission } from "../access/permissions.ts";
import { may } from "../access/permissions.ts";
import { builder, rule } from "./builder.ts";
import type { Context } from "./context.ts";

export interface NodeSource {
  readonly typename: string;
  readonly permission: Permission;
  readonly isId: (id: string) => boolean;
  readonly load: (id: string, ctx: Context) => Promise<unknown>;
}

const sources = new Map<string, NodeSource>();
const typenames = new WeakMap<object, string>();

export const globalId = (typename: string, id: string): string =>
  Buffer.from(`${typename}:${id}`).toString("base64url");

function readGlobalId(text: string): { typename: string; id: string } | null {
  if (!/^[\w-]{1,300}$/.test(text)) return null;
  const [, typename, id] = /^([A-Za-z]+):([\w:.-]+)$/.exec(Buffer.from(text, "base64url").toString("utf8")) ?? [];
  return typename === undefined || id === undefined || globalId(typename, id) !== text ? null : { typename, id };
}

/** The raw id, where the text names an object of this type with a proper id; else null. */
export function idIn(typename: string, text: string): string | null {
  const read = readGlobalId(text);
  const source = sources.get(typename);
  return read !== null && read.typename === typename && source?.isId(read.id) === true ? read.id : null;
}

export const isRunId = (id: string): boolean => {
  const [datasource, kind, n, ...rest] = id.split(":");
  return rest.length === 0 && isUuid(datasource) && /^[a-zA-Z]+$/.test(kind ?? "") && /^\d{1,9}$/.test(n ?? "");
};

export function nodeSource(source: NodeSource): void {
  sources.set(source.typename, source);
}

export const Node = builder.interfaceRef<object>("Node").implement({
  description: "Something with a page or a cache entry of its own.",
  ...rule("anybody"),
  fields: (t) => ({
    id: t.id({ description: "Opaque: hand it back, never look into it.", resolve: () => "" }),
  }),
  resolveType: (value) => typenames.get(value),
});

builder.queryField("node", (t) =>
  t.field({
    type: Node,
    nullable: true,
    description: "Anything by its id. Null for what is foreign, absent or forbidden.",
    ...rule("anybody"),
    args: { id: t.arg.id({ required: true, description: "A global id." }) },
    resolve: async (_root, { id }, ctx) => {
      const read = readGlobalId(id);
      const source = read === null ? undefined : sources.get(read.typename);
      if (read === null || source === undefined || !source.isId(read.id) || !may(ctx.caller, source.permission))
        return null;
      const found = await source.load(read.id, ctx);
      if (typeof found !== "object" || found === null) return null;
      typenames.set(found, source.typename);
      return found;
    },
  }),
);
