import type { Upload } from "./files.documents.ts";

type Taken = Pick<Upload, "state" | "settledAt">;

/** An undo goes back to before a file: what was taken after it goes with it. Newest first. */
export function takenAfter<One extends Taken>(upload: Taken, all: readonly One[]): One[] {
  const takenAt = ({ state, settledAt }: Taken): number =>
    state === "COMMITTED" && settledAt !== null ? Date.parse(settledAt) : -Infinity;
  const from = takenAt(upload);
  if (from === -Infinity) return [];
  return all.filter((one) => takenAt(one) > from).toSorted((a, b) => takenAt(b) - takenAt(a));
}
