import type { LiveDatasource } from "../../live/live.documents.ts";

type Command = LiveDatasource["commands"][number];

/** The last that somebody asked for, whoever it was: open, or settled within the hour. */
export const newestCheck = ({ commands }: Pick<LiveDatasource, "commands">): Command | null =>
  commands
    .filter(({ kind }) => kind === "checkNow")
    .toSorted((one, other) => Date.parse(other.createdAt) - Date.parse(one.createdAt))[0] ?? null;
