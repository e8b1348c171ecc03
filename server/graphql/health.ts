/** Whether anything is fetched at all. */
import { readHealth } from "../reading/health.ts";
import type { Health } from "../reading/health.ts";
import { builder, rule } from "./builder.ts";
import type { Context } from "./context.ts";
import { organisationNow } from "./organisation.ts";

export const SystemHealth = builder.objectRef<Health>("SystemHealth").implement({
  description: "Whether Headwater itself is at work.",
  ...rule("readOrganisation"),
  fields: (t) => ({
    isFetching: t.exposeBoolean("isFetching", {
      description: "False when a worker has not been seen for 60 s: nothing is fetched.",
    }),
    notFetchingSince: t.field({
      type: "DateTime",
      nullable: true,
      description: "Since when; null while all is well or no worker ever came.",
      resolve: (health) => (health.isFetching ? null : health.workerSeenAt),
    }),
    workerSeenAt: t.expose("workerSeenAt", {
      type: "DateTime",
      nullable: true,
      description: "The newest sign of life.",
    }),
    message: t.string({
      nullable: true,
      description: "What to tell people; null while all is well.",
      resolve: messageOf,
    }),
    now: t.field({ type: "DateTime", description: "The server's clock.", resolve: (_health, _args, ctx) => ctx.now }),
    isEmbedded: t.boolean({
      description: "The embedded default, with the sandbox in the providers' place.",
      resolve: (_health, _args, ctx) => ctx.services.isEmbedded,
    }),
  }),
});

async function messageOf(health: Health, _args: object, ctx: Context): Promise<string | null> {
  if (health.isFetching) return null;
  if (health.workerSeenAt === null) return ctx.words.say("health.never");
  const { zone } = await organisationNow(ctx);
  return ctx.words.say("health.silent", { when: ctx.words.when(health.workerSeenAt, zone) });
}

export const healthNow = async (ctx: Context): Promise<Health> =>
  (await ctx.load.health.load("now")) ?? readHealth(ctx.db, ctx.now);

builder.queryField("systemHealth", (t) =>
  t.field({
    type: SystemHealth,
    description: "Whether Headwater itself is at work.",
    ...rule("readOrganisation"),
    resolve: (_root, _args, ctx) => healthNow(ctx),
  }),
);
