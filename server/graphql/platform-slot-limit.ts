/** That the plan has no room for another app, told before anybody signs in anywhere or pastes a key. */
import { organisationIn } from "../datasources/command.ts";
import { slotLimit } from "../datasources/slots.ts";
import { readDatasources } from "../reading/datasources.ts";
import { SlotLimitReached } from "../words/problems.ts";
import { builder, rule } from "./builder.ts";
import type { Context } from "./context.ts";
import { Platform } from "./platform.ts";

/** One of it waits for its consent, in a slot of its own: connecting the same place goes on with that. */
const isUnderWay = async (ctx: Context, platform: string): Promise<boolean> =>
  (await readDatasources(ctx.db, ctx.now)).some(
    ({ row, status }) => row.platform === platform && status.standing === "attempt" && row.replaces === null,
  );

builder.objectField(Platform, "slotLimit", (t) =>
  t.field({
    type: SlotLimitReached,
    nullable: true,
    ...rule("readDatasources"),
    description:
      "What connecting it now would be refused with: no slot is free; null where one is, none is taken, or one of it that waits for its consent holds one.",
    resolve: async ({ platform, takesSlot }, _args, ctx) =>
      takesSlot && !(await isUnderWay(ctx, platform)) ? slotLimit(ctx, organisationIn(ctx), 1) : null,
  }),
);
