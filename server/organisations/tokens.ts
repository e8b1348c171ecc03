/** API tokens: made, told once, revoked. Two may live at once for a rotation; twenty for an organisation. */
import { and, count, eq, gt, isNull } from "drizzle-orm";
import { apiTokens } from "@headwater/db/schema/tables.ts";
import { apiTokenId } from "@headwater/db/schema/ids.ts";
import type { ApiTokenId } from "@headwater/db/schema/ids.ts";
import type { TokenScope } from "@headwater/db/schema/values.ts";
import { commandId as idFor } from "@headwater/workflows/client.ts";
import { may } from "../access/permissions.ts";
import { makeToken } from "../access/token-text.ts";
import { checkKey, organisationIn } from "../datasources/command.ts";
import { audit } from "../datasources/audit.ts";
import { lockOrganisation } from "../datasources/slots.ts";
import type { Context } from "../graphql/context.ts";
import { mayTouchToken } from "../graphql/organisation.ts";
import { settleRequests } from "./requests.ts";
import { tidied, wrongWithName } from "../words/names.ts";
import { InvalidInput, KeyReused, NotAllowed, TokenGone, TokenLimitReached } from "../words/problems.ts";
import type { FieldProblem } from "../words/problems.ts";
import type { ApiTokenRow } from "../reading/organisation.ts";

const LIVING_MOST = 20;
const DAY_MS = 86_400_000;
const DAYS_DEFAULT = 90;
const DAYS_MOST = 365;

export interface TokenInput {
  readonly name: string;
  readonly scopes: readonly TokenScope[];
  readonly days?: number | null | undefined;
  readonly idempotencyKey: string;
}

export interface Made {
  readonly row: ApiTokenRow;
  /** Null where the same key made it before: a secret is told once and never again. */
  readonly secret: string | null;
}

export async function createToken(ctx: Context, input: TokenInput): Promise<Made> {
  checkKey(input.idempotencyKey);
  const organisation = organisationIn(ctx);
  const { caller } = ctx;
  if (caller.kind !== "person") throw new NotAllowed();
  const name = tidied(input.name);
  const scopes = [...new Set(input.scopes)].toSorted();
  const days = input.days ?? DAYS_DEFAULT;
  refuseWrong(ctx, name, scopes, days);
  if (scopes.includes("manage") && !may(caller, "manageTokens")) throw new NotAllowed();
  await lockOrganisation(ctx, organisation);
  const id = apiTokenId(idFor(organisation, `token ${input.idempotencyKey}`));
  const [earlier] = await ctx.db.select().from(apiTokens).where(eq(apiTokens.id, id));
  if (earlier !== undefined) return sameAgain(earlier, name, scopes);
  await refuseTooMany(ctx);
  const made = makeToken(organisation, id);
  const [row] = await ctx.db
    .insert(apiTokens)
    .values({
      organisationId: organisation,
      id,
      name,
      secretHash: made.secretHash,
      lastFour: made.lastFour,
      scopes,
      createdBy: caller.userId,
      expiresAt: new Date(ctx.now.getTime() + days * DAY_MS),
    })
    .returning();
  if (row === undefined) throw new KeyReused();
  if (may(caller, "manageTokens")) await settleRequests(ctx, "apiToken");
  await audit(ctx, { verb: "apiToken.created", objectType: "apiToken", objectId: id, after: { name, scopes, days } });
  return { row, secret: made.text };
}

function refuseWrong(ctx: Context, name: string, scopes: readonly TokenScope[], days: number): void {
  const wrong: FieldProblem[] = [];
  const wrongName = wrongWithName(name, 80, ctx.words);
  if (wrongName !== null) wrong.push({ path: "name", message: wrongName });
  if (scopes.length === 0) wrong.push({ path: "scopes", message: ctx.words.say("input.scopes") });
  if (!Number.isInteger(days) || days < 1 || days > DAYS_MOST)
    wrong.push({ path: "days", message: ctx.words.say("input.between", { least: 1, most: DAYS_MOST }) });
  if (wrong.length > 0) throw new InvalidInput(wrong);
}

function sameAgain(row: ApiTokenRow, name: string, scopes: readonly TokenScope[]): Made {
  if (row.name !== name || row.scopes.toSorted().join() !== scopes.join()) throw new KeyReused();
  return { row, secret: null };
}

async function refuseTooMany(ctx: Context): Promise<void> {
  const [row] = await ctx.db
    .select({ living: count() })
    .from(apiTokens)
    .where(and(isNull(apiTokens.revokedAt), gt(apiTokens.expiresAt, ctx.now)));
  if ((row?.living ?? 0) >= LIVING_MOST) throw new TokenLimitReached(LIVING_MOST);
}

/** Revoked once and for all; asked again, it says the same. */
export async function revokeToken(ctx: Context, id: ApiTokenId | null): Promise<ApiTokenRow> {
  organisationIn(ctx);
  const [row] =
    id === null ? [] : await ctx.db.select().from(apiTokens).where(eq(apiTokens.id, id)).for("no key update");
  if (row === undefined || !mayTouchToken(row, ctx)) throw new TokenGone();
  if (row.revokedAt !== null) return row;
  const [revoked] = await ctx.db
    .update(apiTokens)
    .set({ revokedAt: ctx.now })
    .where(eq(apiTokens.id, row.id))
    .returning();
  if (revoked === undefined) throw new TokenGone();
  await audit(ctx, { verb: "apiToken.revoked", objectType: "apiToken", objectId: row.id, before: { name: row.name } });
  return revoked;
}
