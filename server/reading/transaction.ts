/** The database as one operation sees it: inside its transaction, in its organisation. Never kept beyond it. */
import type { TenantTransaction } from "@headwater/db";

export type Transaction = TenantTransaction["drizzle"];
