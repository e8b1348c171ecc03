import type { LiveStream } from "../../live/live.documents.ts";

/** From the first day to the last that any of its streams has; null where none has days. */
export function daysHeld(
  streams: readonly Pick<LiveStream, "firstDay" | "lastDay">[],
): { readonly from: string; readonly to: string } | null {
  const from = streams.flatMap(({ firstDay }) => firstDay ?? []).toSorted()[0];
  const to = streams
    .flatMap(({ lastDay }) => lastDay ?? [])
    .toSorted()
    .at(-1);
  return from === undefined || to === undefined ? null : { from, to };
}
