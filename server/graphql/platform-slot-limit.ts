/** That the plan has no room for another app, told before anybody signs in anywhere or pastes a key. */
import { organisationIn } from "../datasources/command.ts";
import { slotLimit } from "../datasources/slots.ts";
import { readDatasources } from "../reading/datasources.ts";
import type { Loaders } from "../reading/loaders.ts";
import { SlotLimitReached } from "../words/problems.ts";
import { builder, rule } from "./builder.ts";
import type { Context } from "./context.ts";
import { Platform } from "./platform.ts";

interface Full {
  readonly limit: SlotLimitReached;
  /** One of these waits for its consent, in a slot of its own: connecting the same place goes on with that. */
  readonly underWay: ReadonlySet<string>;
}

/** Asked once, however many platforms are asked about, and anew where a mutation has changed something. */
const asked = new WeakMap<Loaders, Promise<Full | null>>();

function fullIn(ctx: Context): Promise<Full | null> {
  const full = asked.get(ctx.load) ?? readFull(ctx);
  asked.set(ctx.load, full);
  return full;
}

async function readFull(ctx: Context): Promise<Full | null> {
  const limit = await slotLimit(ctx, organisationIn(ctx), 1);
  if (limit === null) return null;
  const waiting = (await readDatasources(ctx.db, ctx.now)).filter(
    ({ row, status }) => status.standing === "attempt" && row.replaces === null,
  );
  return { limit, underWay: new Set(waiting.map(({ row }) => row.platform)) };
}

builder.objectField(Platform, "slotLimit", (t) =>
  t.field({
    type: SlotLimitReached,
    nullable: true,
    ...rule("readDatasources"),
    description:
      "What connecting it now would be refused with: no slot is free; null where one is, none is taken, or one of it that waits for its consent holds one.",
    resolve: async ({ platform, takesSlot }, _args, ctx) => {
      const full = takesSlot ? await fullIn(ctx) : null;
      return full === null || full.underWay.has(platform) ? null : full.limit;
    },
  }),
);
