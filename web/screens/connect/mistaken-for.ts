import type { ConnectPlatform } from "./connect.documents.ts";

type Field = Pick<ConnectPlatform["connectFields"][number], "mistakenFor">;

/** What stands in the field is known as something else. */
export const mistakenFor = ({ mistakenFor: known }: Field, typed: string): string | null =>
  known.find(({ shape }) => patternOf(shape)?.test(typed.trim()))?.message ?? null;

function patternOf(shape: string): RegExp | null {
  try {
    return new RegExp(shape, "u");
  } catch {
    return null; // unknown to this browser: the server judges what is typed all the same
  }
}
