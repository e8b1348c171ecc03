/** How every mutation runs: permission, savepoint, typed problems; what must follow the commit waits for it. */
import { actorOf } from "../access/caller.ts";
import type { Permission } from "../access/permissions.ts";
import { may } from "../access/permissions.ts";
import type { Following } from "../after-commit.ts";
import { loadersFor } from "../reading/loaders.ts";
import type { Context } from "./context.ts";
import { NotAllowed, Problem } from "../words/problems.ts";
import { refusal } from "./rules.ts";

/** A mutation's own rule: it refuses by a typed problem, not by a top-level error. */
export const answering = (permission: Permission) => ({ extensions: { rule: permission, answersRefusal: true } });

/**
 * The work runs in a savepoint: a problem, which ends the field normally, takes back what was written before it.
 * Rings and mails of a field that failed are dropped with it.
 */
export async function attempt<Result>(
  ctx: Context,
  permission: Permission,
  work: (ctx: Context) => Promise<Result>,
): Promise<Result | Problem> {
  if (ctx.caller.kind === "nobody" && permission !== "anybody") throw refusal(ctx);
  if (!may(ctx.caller, permission)) {
    ctx.services.log.warn("command refused", { permission, by: actorOf(ctx.caller) });
    return new NotAllowed();
  }
  const after: Following[] = [];
  try {
    const result = await ctx.db.transaction((savepoint) =>
      work({
        ...ctx,
        db: savepoint,
        load: loadersFor(() => savepoint, ctx.now),
        afterCommit: (follow) => after.push(follow),
      }),
    );
    for (const follow of after) ctx.afterCommit(follow);
    return result;
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  } finally {
    // What the next field of the same operation reads must be what this one wrote.
    ctx.load = loadersFor(() => ctx.db, ctx.now);
  }
}

export const typenameOf =
  (success: string) =>
  (value: unknown): string =>
    value instanceof Problem ? value.typename : success;
