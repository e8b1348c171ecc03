/** Hours in which nothing is begun that nobody asked for: set, moved and taken away. */
import { lengthOf, LONGEST_MINUTES, quietAround } from "@headwater/workflows/lifecycle/quiet-hours.ts";
import { wakeAfter } from "@headwater/workflows/lifecycle/phases.ts";
import { actorOf } from "../access/caller.ts";
import type { Context } from "../graphql/context.ts";
import { organisationNow } from "../graphql/organisation.ts";
import { InvalidInput } from "../words/problems.ts";
import type { FieldProblem } from "../words/problems.ts";
import { giveCommand } from "./command.ts";
import type { Given } from "./command.ts";
import type { Target } from "./change.ts";

/** Both or neither: without them it has none. */
export interface QuietInput {
  readonly from?: string | null | undefined;
  readonly to?: string | null | undefined;
}

const CLOCK = /^(?<hour>[01]\d|2[0-3]):(?<minute>[0-5]\d)$/u;

function minutesIn(clock: string): number | null {
  const { hour, minute } = CLOCK.exec(clock)?.groups ?? {};
  return hour === undefined || minute === undefined ? null : Number(hour) * 60 + Number(minute);
}

export const clockOf = (minutes: number): string =>
  `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;

function readQuiet(ctx: Context, { from, to }: QuietInput): { from: number; to: number } | null {
  if (from == null && to == null) return null;
  const wrong: FieldProblem[] = [];
  const read = (path: "from" | "to", clock: string | null | undefined): number => {
    const minutes = clock == null ? null : minutesIn(clock);
    if (minutes === null) wrong.push({ path, message: ctx.words.say("input.clock") });
    return minutes ?? 0;
  };
  const hours = { from: read("from", from), to: read("to", to) };
  if (wrong.length === 0 && (lengthOf(hours) === 0 || lengthOf(hours) > LONGEST_MINUTES))
    wrong.push({ path: "to", message: ctx.words.say("input.quietHours", { most: LONGEST_MINUTES / 60 }) });
  if (wrong.length > 0) throw new InvalidInput(wrong);
  return hours;
}

export async function setQuietHours(ctx: Context, target: Target, input: QuietInput): Promise<Given> {
  const hours = readQuiet(ctx, input);
  const { zone } = await organisationNow(ctx);
  const told = hours === null ? { asked: "none" } : { from: clockOf(hours.from), to: clockOf(hours.to) };
  const windows = hours === null ? [] : quietAround({ ...hours, zone }, ctx.now.getTime());
  return giveCommand(ctx, { ...target, action: "SET_QUIET_HOURS", kind: "setQuietHours", args: told }, ({ row }) => ({
    facts: {
      quietFrom: hours?.from ?? null,
      quietTo: hours?.to ?? null,
      quietBy: hours === null ? null : actorOf(ctx.caller),
      quietSince: hours === null ? null : ctx.now,
      ...(row.nextRunAt === null
        ? {}
        : { nextRunAt: new Date(wakeAfter(row.id, ctx.now.getTime(), row.cadenceMs, windows)) }),
    },
    before:
      row.quietFrom === null || row.quietTo === null
        ? { asked: "none" }
        : { from: clockOf(row.quietFrom), to: clockOf(row.quietTo) },
  }));
}
