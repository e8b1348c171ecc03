import type { ConnectPlatform } from "./connect.documents.ts";

type Field = Pick<ConnectPlatform["connectFields"][number], "mistakenFor">;

/** What stands in the field is known as something else. */
export const mistakenFor = ({ mistakenFor: known }: Field, typed: string): string | null =>
  known.find(({ shape }) => new RegExp(shape, "u").test(typed.trim()))?.message ?? null;
