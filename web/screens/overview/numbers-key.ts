import type { LiveState } from "../../live/live-store.ts";

/** Numbers can only have moved when some datasource has read further, or what was asked about a file of costs is done. */
export function numbersKey({ byId }: Pick<LiveState, "byId">): string {
  return [...byId.values()]
    .map(
      ({ id, completeThrough, rowsTotal, firstNumbersAt, commands }) =>
        `${id}${completeThrough}${rowsTotal}${firstNumbersAt}${newestUpload(commands)}`,
    )
    .join();
}

const newestUpload = (commands: readonly { kind: string; settledAt: string | null }[]): string =>
  commands.reduce((newest, { kind, settledAt }) => {
    const at = kind === "upload" ? (settledAt ?? "") : "";
    return at > newest ? at : newest;
  }, "");
