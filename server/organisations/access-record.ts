/** What is signed: one text of what was decided on and what was decided, the same whoever writes it, and its hash. */
import { createHash } from "node:crypto";
import * as v from "valibot";
import { accessChoices } from "@headwater/db/schema/values.ts";
import type { AccessChoice, AccessKind, Json, JsonObject } from "@headwater/db/schema/values.ts";

/** JSON without a choice: names in order, no space. */
export function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const named = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${named.map(([name, one]) => `${JSON.stringify(name)}:${canonical(one)}`).join(",")}}`;
}

export const hashOf = (text: string): string => createHash("sha256").update(text).digest("hex");

export interface Decided {
  readonly choice: AccessChoice;
  readonly note: string;
  readonly facts: JsonObject;
  readonly decidedBy: string;
  readonly decidedAt: Date;
}

export interface Subject {
  readonly kind: AccessKind;
  readonly id: string;
  /** What is decided on: where it changes, it is to be decided anew. */
  readonly facts: JsonObject;
  /** Changes with every call, and so is no part of the facts. */
  readonly use: JsonObject;
}

export interface Reviewed extends Subject {
  readonly decided: Decided | null;
}

/** Decided on what it still is. */
export const isDecided = ({ facts, decided }: Pick<Reviewed, "facts" | "decided">): boolean =>
  decided !== null && canonical(decided.facts) === canonical(facts);

/** Stands for all that a person sees of a review: what they sign is what they saw. */
export const seenOf = (rows: readonly Reviewed[]): string =>
  hashOf(canonical(rows.map((row) => [row.kind, row.id, row.facts, row.decided && toldOf(row.decided)])));

const toldOf = ({ choice, note, decidedBy, decidedAt }: Decided): JsonObject => ({
  choice,
  note,
  by: decidedBy,
  at: decidedAt.toISOString(),
});

export interface Signing {
  readonly organisation: { readonly id: string; readonly name: string };
  readonly dueAt: Date | null;
  readonly signedAt: Date;
  readonly signedBy: string;
  /** By their ids. */
  readonly names: Readonly<Record<string, string>>;
  readonly rows: readonly Reviewed[];
  /** Decided on, and gone since. */
  readonly gone: readonly Reviewed[];
}

export const recordOf = ({ organisation, dueAt, signedAt, signedBy, names, rows, gone }: Signing): string => {
  const written = ({ kind, id, facts, use, decided }: Reviewed): JsonObject => ({
    kind,
    id,
    ...facts,
    ...use,
    decision: decided && toldOf(decided),
  });
  return canonical({
    version: 1,
    organisation: { ...organisation },
    dueAt: dueAt?.toISOString() ?? null,
    signedAt: signedAt.toISOString(),
    signedBy,
    names: { ...names },
    rows: rows.map(written),
    gone: gone.map(written),
  });
};

const SignedRows = v.object({
  rows: v.array(
    v.object({
      kind: v.string(),
      id: v.string(),
      scopes: v.optional(v.array(v.string()), []),
      givenAt: v.optional(v.string()),
      lastFour: v.nullish(v.string(), null),
      decision: v.object({ choice: v.picklist(accessChoices) }),
    }),
  ),
});

/** Of what is there now: what was signed to be done about it, where it still stands as it was signed. */
export function signedToDo(record: string): (now: Pick<Subject, "kind" | "id" | "facts">) => AccessChoice | null {
  const { rows } = v.parse(SignedRows, JSON.parse(record));
  return ({ kind, id, facts }) => {
    const was = rows.find((row) => row.kind === kind && row.id === id);
    if (was === undefined) return null;
    const { choice } = was.decision;
    switch (choice) {
      case "keep":
        return null;
      case "reduce": {
        const { scopes } = facts;
        return was.scopes.every((scope) => Array.isArray(scopes) && scopes.includes(scope)) ? choice : null;
      }
      case "rotate":
        return was.givenAt === facts["givenAt"] && was.lastFour === facts["lastFour"] ? choice : null;
      case "revoke":
        return choice;
    }
  };
}
