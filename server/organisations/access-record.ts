/** What is signed: one text of what was decided on and what was decided, the same whoever writes it, and its hash. */
import { createHash } from "node:crypto";
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
