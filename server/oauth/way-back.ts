/** Where the small page leads: a path of ours, made from a slug and an id that we made, never an address from outside. */
import { and, eq } from "drizzle-orm";
import { inTenant } from "@headwater/db";
import { connectAttempts, organisations } from "@headwater/db/schema/tables.ts";
import { connectAttemptId } from "@headwater/db/schema/ids.ts";
import type { Caller, Person } from "../access/caller.ts";
import type { Services } from "../graphql/context.ts";
import { globalId, idIn } from "../graphql/node.ts";
import type { Transaction } from "../reading/transaction.ts";
import { datasourcePage, datasourcesPage } from "@headwater/workflows/client.ts";

export async function wayBack({ db }: Services, caller: Caller, attempt: string | null): Promise<string> {
  if (caller.kind !== "person" || caller.organisationId === null) return "/";
  const { organisationId } = caller;
  return inTenant(
    db,
    organisationId,
    async ({ drizzle }) => {
      const [row] = await drizzle
        .select({ slug: organisations.slug })
        .from(organisations)
        .where(eq(organisations.id, organisationId));
      return row === undefined ? "/" : pageFor(drizzle, caller, { slug: row.slug, attempt });
    },
    { readOnly: true },
  );
}

/** As whoever set out asked for it; the list, where that is not known. */
async function pageFor(
  db: Transaction,
  { userId }: Person,
  { slug, attempt }: { readonly slug: string; readonly attempt: string | null },
): Promise<string> {
  const id = attempt === null ? null : idIn("ConnectAttempt", attempt);
  if (id === null) return datasourcesPage(slug);
  const [row] = await db
    .select({
      returnTo: connectAttempts.returnTo,
      datasource: connectAttempts.datasourceId,
      platform: connectAttempts.platform,
      purpose: connectAttempts.purpose,
    })
    .from(connectAttempts)
    .where(and(eq(connectAttempts.id, connectAttemptId(id)), eq(connectAttempts.userId, userId)));
  if (row === undefined) return datasourcesPage(slug);
  if (row.returnTo === "WELCOME") return `/${slug}/welcome`;
  if (row.datasource === null) return datasourcesPage(slug);
  if (row.returnTo === "DATASOURCE") return datasourcePage(slug, row.datasource);
  return row.returnTo === "CONNECT"
    ? attemptPage(slug, { ...row, datasource: globalId("Datasource", row.datasource), attempt: id })
    : datasourcesPage(slug);
}

/** The drawer in which it goes on; `web/routes.ts` reads it. */
function attemptPage(
  slug: string,
  { platform, purpose, datasource, attempt }: Record<"platform" | "purpose" | "datasource" | "attempt", string>,
): string {
  const query = new URLSearchParams({
    [purpose === "reauthorize" ? "reauthorize" : "continue"]: datasource,
    attempt: globalId("ConnectAttempt", attempt),
  });
  return `${datasourcesPage(slug)}/connect/${platform}?${query.toString()}`;
}
