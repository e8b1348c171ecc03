/** Lists without a natural end: `first` always given, at most 100, cursors opaque. */
import { GraphQLError } from "graphql";
import type { ObjectRef } from "@pothos/core";
import type { Permission } from "../access/permissions.ts";
import { builder, rule } from "./builder.ts";
import { LIMITS, negativeFirst } from "./limits.ts";
import type { SchemaShape } from "./builder.ts";

export interface Page<Row> {
  readonly rows: readonly Row[];
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  readonly cursorOf: (row: Row) => string;
  readonly total?: number;
}

interface PageMarks {
  readonly startCursor: string | null;
  readonly endCursor: string | null;
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
}

const PageInfo = builder.objectRef<PageMarks>("PageInfo").implement({
  description: "Where a page of a list stands.",
  ...rule("anybody"),
  fields: (t) => ({
    startCursor: t.exposeString("startCursor", {
      nullable: true,
      description: "Cursor of the first row; null for an empty page.",
    }),
    endCursor: t.exposeString("endCursor", {
      nullable: true,
      description: "Cursor of the last row: give it as `after` for the next page.",
    }),
    hasNextPage: t.exposeBoolean("hasNextPage", { description: "Whether there is more." }),
    hasPreviousPage: t.exposeBoolean("hasPreviousPage", { description: "Whether something came before." }),
  }),
});

type Shape = PothosSchemaTypes.ExtendDefaultTypes<SchemaShape>;
type NodeRef<Row> = ObjectRef<Shape, Row, Row>;

export function connectionOf<Row extends object>(
  node: NodeRef<Row>,
  options: { name: string; permission: Permission; countsAll?: boolean },
) {
  const Edge = builder.objectRef<{ row: Row; cursor: string }>(`${options.name}Edge`).implement({
    description: `One ${options.name} of a list, with its cursor.`,
    ...rule(options.permission),
    fields: (t) => ({
      cursor: t.exposeString("cursor", { description: "Give it as `after` to go on from here." }),
      node: t.field({
        type: node,
        description: "The row itself.",
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Pothos cannot see through a generic row
        resolve: (edge): never => edge.row as never,
      }),
    }),
  });
  return builder.objectRef<Page<Row>>(`${options.name}Connection`).implement({
    description: `A page of a list of ${options.name}.`,
    ...rule(options.permission),
    fields: (t) => ({
      edges: t.field({
        type: [Edge],
        description: "Rows with their cursors.",
        resolve: (page) => page.rows.map((row) => ({ row, cursor: page.cursorOf(row) })),
      }),
      nodes: t.field({ type: [node], description: "Rows alone.", resolve: (page) => [...page.rows] }),
      pageInfo: t.field({ type: PageInfo, description: "Where this page stands.", resolve: marksOf }),
      ...(options.countsAll === true
        ? {
            totalCount: t.int({
              description: "How many there are in all.",
              resolve: (page) => page.total ?? page.rows.length,
            }),
          }
        : {}),
    }),
  });
}

function marksOf<Row>(page: Page<Row>): PageMarks {
  const [first] = page.rows;
  const last = page.rows.at(-1);
  return {
    startCursor: first === undefined ? null : page.cursorOf(first),
    endCursor: last === undefined ? null : page.cursorOf(last),
    hasNextPage: page.hasNextPage,
    hasPreviousPage: page.hasPreviousPage,
  };
}

type ArgsOf = PothosSchemaTypes.ObjectFieldBuilder<Shape, never>["arg"];

/** What every such list takes. */
export const pageArgsOf = ({ arg }: { readonly arg: ArgsOf }) => ({
  first: arg.int({ required: true, description: "At most 100." }),
  after: arg.string({ description: "A cursor." }),
});

/** Reads one row more than asked for: whether there is a next page costs no statement. */
export async function pageOf<Row, Place>(
  args: { first: number; after?: string | null | undefined },
  cursor: { write: (row: Row) => readonly (string | number)[]; read: (parts: readonly string[]) => Place | null },
  rows: (limit: number, after: Place | null) => Promise<readonly Row[]>,
): Promise<Page<Row>> {
  // The second wall: whatever let a number through, no page is longer than a page.
  if (args.first < 1 || args.first > LIMITS.listSize) throw negativeFirst();
  const after = args.after == null ? null : cursor.read(decode(args.after));
  if (args.after != null && after === null) throw badCursor();
  const found = await rows(args.first + 1, after);
  return {
    rows: found.slice(0, args.first),
    hasNextPage: found.length > args.first,
    hasPreviousPage: after !== null,
    cursorOf: (row) => encode(cursor.write(row)),
  };
}

export const encode = (parts: readonly (string | number)[]): string =>
  Buffer.from(parts.join("\n")).toString("base64url");
export const decode = (text: string): string[] => Buffer.from(text, "base64url").toString("utf8").split("\n");
export const badCursor = () =>
  new GraphQLError("That cursor is not from this list.", { extensions: { code: "INVALID_INPUT" } });

/** A time and an id from a cursor, checked before they come near a statement. */
export function readTimeAndId(
  parts: readonly string[],
  isId: (id: string) => boolean,
): { at: Date; id: string } | null {
  const [time = "", id = ""] = parts;
  const at = new Date(Number(time));
  return parts.length === 2 && /^\d{1,15}$/.test(time) && !Number.isNaN(at.getTime()) && isId(id) ? { at, id } : null;
}
