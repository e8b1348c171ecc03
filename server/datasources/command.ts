/**
 * How a command is given, always in this order and in one transaction: lock the row, answer a repeated key with its first
 * result, ask facts and role, change the facts, intent version, command, ring in the outbox, audit. The ring itself follows
 * the commit and the answer does not wait for it; what is not rung, the `lifecycle` worker sends.
 */
import { createHash } from "node:crypto";
import { and, asc, eq, inArray, lte, or, sql } from "drizzle-orm";
import { commands, datasources, outbox } from "@headwater/db/schema/tables.ts";
import { inTenant } from "@headwater/db";
import { commandId } from "@headwater/db/schema/ids.ts";
import type { DatasourceId, OrganisationId } from "@headwater/db/schema/ids.ts";
import type { CommandKind, JsonObject } from "@headwater/db/schema/values.ts";
import { commandId as commandIdFor } from "@headwater/workflows/client.ts";
import { actorOf, organisationOf } from "../access/caller.ts";
import { allowanceFor } from "../graphql/actions.ts";
import type { Asking } from "../graphql/actions.ts";
import type { Context } from "../graphql/context.ts";
import { DatasourceGone, InvalidInput, KeyReused, NotAllowed, NotPossibleNow } from "../words/problems.ts";
import { errorFacts } from "../log.ts";
import type { CommandRow } from "../reading/commands.ts";
import { readDatasources } from "../reading/datasources.ts";
import type { DatasourceRow, DatasourceView } from "../reading/datasources.ts";
import { refusalInWords } from "../words/reasons.ts";
import { audit } from "./audit.ts";

export type Facts = Partial<typeof datasources.$inferInsert>;

export interface Asked {
  readonly action: Asking;
  readonly kind: CommandKind;
  readonly datasource: DatasourceId | null;
  readonly idempotencyKey: string;
  readonly args: JsonObject;
  /** What the audit log calls it, where one kind is asked for in two ways. */
  readonly verb?: string;
}

export interface Given {
  readonly command: CommandRow;
  readonly view: DatasourceView;
  /** True where the same key came before: nothing was done again. */
  readonly isRepeated: boolean;
}

export interface Change {
  readonly facts?: Facts;
  /** Everything else that belongs to it, in the same transaction. */
  readonly also?: (organisation: OrganisationId) => Promise<void>;
  readonly before?: JsonObject;
  /** For the audit log, where what was asked does not say it all. */
  readonly after?: JsonObject;
}

const KEY_LONGEST = 200;

export function organisationIn(ctx: Context): OrganisationId {
  const organisation = organisationOf(ctx.caller);
  if (organisation === null) throw new NotAllowed();
  return organisation;
}

export function checkKey(key: string): void {
  if (key.length === 0 || key.length > KEY_LONGEST || !isPrintable(key))
    throw new InvalidInput([{ path: "idempotencyKey", message: `1 to ${KEY_LONGEST} printable characters.` }]);
}

/** Postgres text cannot hold a zero byte, and a key has no need of the others. */
const isPrintable = (text: string): boolean => /^[^\p{Cc}\p{Cs}]+$/u.test(text);

export const hashOf = (value: JsonObject): string => createHash("sha256").update(JSON.stringify(value)).digest("hex");

export async function giveCommand(
  ctx: Context,
  asked: Asked,
  change: (view: DatasourceView) => Change | Promise<Change>,
): Promise<Given> {
  checkKey(asked.idempotencyKey);
  const organisation = organisationIn(ctx);
  if (asked.datasource === null) throw new DatasourceGone();
  const id = asked.datasource;
  const locked = await lockDatasource(ctx, id);
  const earlier = await earlierCommand(ctx, organisation, asked);
  if (earlier !== null) return repeated(ctx, id, earlier);
  if (locked === null) throw new DatasourceGone();
  const view = await viewOf(ctx, id);
  const allowance = allowanceFor(asked.action, view, ctx);
  if (!allowance.allowed) {
    if (allowance.because === "role") throw new NotAllowed();
    throw new NotPossibleNow(refusalInWords(allowance, ctx.words), view);
  }
  const { facts, also, before, after } = await change(view);
  const version = view.row.intentVersion + 1;
  await ctx.db
    .update(datasources)
    .set({ ...facts, intentVersion: version })
    .where(eq(datasources.id, id));
  await also?.(organisation);
  const command = await writeCommand(ctx, organisation, { ...asked, datasource: id }, version);
  await ringLater(ctx, organisation, id, version);
  await audit(ctx, {
    verb: asked.verb ?? `datasource.${asked.kind}`,
    objectType: "datasource",
    objectId: id,
    datasourceId: id,
    before: before ?? null,
    after: after ?? asked.args,
  });
  return { command, view: await viewOf(ctx, id), isRepeated: false };
}

export async function lockDatasource({ db }: Pick<Context, "db">, id: DatasourceId): Promise<DatasourceRow | null> {
  const [row] = await db.select().from(datasources).where(eq(datasources.id, id)).for("no key update");
  return row ?? null;
}

/**
 * With all that stands on its grant. Whoever locks several of a grant's datasources, here or in a worker, begins with all of
 * them and takes them by their ids: two who each held one of them first would wait for each other.
 */
export async function lockWithSiblings({ db }: Pick<Context, "db">, id: DatasourceId): Promise<DatasourceRow | null> {
  const grant = db.select({ grantId: datasources.grantId }).from(datasources).where(eq(datasources.id, id));
  const together = or(eq(datasources.id, id), inArray(datasources.grantId, grant));
  const locked = await db.select().from(datasources).where(together).orderBy(asc(datasources.id)).for("no key update");
  const known = new Set(locked.map((row) => row.id));
  const standing = await db.select({ id: datasources.id }).from(datasources).where(together);
  if (standing.some((one) => !known.has(one.id))) throw new Joined();
  return locked.find((row) => row.id === id) ?? null;
}

/** Logins were put together while it waited: begun anew, it takes them all by their ids. */
class Joined extends Error {
  /** As Postgres says it of what has to be tried again. */
  readonly code = "40001";
  constructor() {
    super("more stands on the grant than was locked");
  }
}

/** Read anew, past what the loaders remember: the row was just locked or changed. */
export async function viewOf(ctx: Context, id: DatasourceId): Promise<DatasourceView> {
  const [view] = await readDatasources(ctx.db, ctx.now, [id]);
  if (view === undefined) throw new DatasourceGone();
  return view;
}

async function earlierCommand(ctx: Context, organisation: OrganisationId, asked: Asked): Promise<CommandRow | null> {
  const id = commandId(commandIdFor(organisation, asked.idempotencyKey));
  const [row] = await ctx.db.select().from(commands).where(eq(commands.id, id));
  if (row === undefined) return null;
  const isSame =
    row.kind === asked.kind && row.datasourceId === asked.datasource && row.argsHash === hashOf(asked.args);
  if (!isSame) throw new KeyReused();
  return row;
}

async function repeated(ctx: Context, id: DatasourceId, command: CommandRow): Promise<Given> {
  return { command, view: await viewOf(ctx, id), isRepeated: true };
}

async function writeCommand(
  ctx: Context,
  organisation: OrganisationId,
  asked: Asked & { readonly datasource: DatasourceId },
  version: number,
): Promise<CommandRow> {
  const [row] = await ctx.db
    .insert(commands)
    .values({
      organisationId: organisation,
      id: commandId(commandIdFor(organisation, asked.idempotencyKey)),
      datasourceId: asked.datasource,
      kind: asked.kind,
      args: asked.args,
      argsHash: hashOf(asked.args),
      idempotencyKey: asked.idempotencyKey,
      actor: actorOf(ctx.caller),
      intentVersion: version,
    })
    .onConflictDoNothing()
    .returning();
  // The same key, at the same moment, for another datasource: that one was first.
  if (row === undefined) throw new KeyReused();
  return row;
}

/** The ring as a row, the change as a notice, both with the commit; the ring itself after it. */
export async function ringLater(
  ctx: Pick<Context, "db" | "services" | "afterCommit">,
  organisation: OrganisationId,
  datasource: DatasourceId,
  version: number,
): Promise<void> {
  await ctx.db
    .insert(outbox)
    .values({ organisationId: organisation, datasourceId: datasource, intentVersion: version });
  await rung(ctx, organisation, datasource, version);
}

/** Its row stands in the outbox. */
export async function rung(
  ctx: Pick<Context, "db" | "services" | "afterCommit">,
  organisation: OrganisationId,
  datasource: DatasourceId,
  version: number,
): Promise<void> {
  await announce(ctx, datasource);
  ctx.afterCommit(() => ring(ctx, organisation, datasource, version));
}

export async function announce({ db }: Pick<Context, "db">, datasource: DatasourceId): Promise<void> {
  await db.execute(sql`select announce_change(${datasource}::uuid)`);
}

async function ring(
  { services }: Pick<Context, "services">,
  organisation: OrganisationId,
  datasource: DatasourceId,
  version: number,
): Promise<void> {
  try {
    await services.ringer.ring({ organisationId: organisation, datasourceId: datasource }, version);
    await inTenant(services.db, organisation, ({ drizzle }) =>
      drizzle
        .update(outbox)
        .set({ sentAt: services.clock() })
        .where(and(eq(outbox.datasourceId, datasource), lte(outbox.intentVersion, version))),
    );
  } catch (error) {
    // Temporal is down, or slow: the row stays in the outbox and a worker sends it.
    services.log.warn("ring not sent", { datasource, version, ...errorFacts(error) });
  }
}
