/** Raw files of costs are kept for 90 days; the costs that they brought stay. */
import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { OrganisationId } from "@headwater/db";
import { inTenant } from "@headwater/db";
import { removeFiles } from "../imports/erase-costs.ts";
import type { SweepDeps } from "./deps.ts";

const KEPT_DAYS = 90;
const FILES_A_CALL = 500;
const HALF_COME_MS = 3_600_000;

/** The file first, then its key and word of it: killed in between, the next sweep finds the row again. */
export async function eraseOldFiles(deps: SweepDeps, organisation: OrganisationId): Promise<number> {
  const old = await inTenant(
    deps.db,
    organisation,
    (tx) => tx.sql<{ id: string }[]>`
      select id from uploads where wrapped_key is not null and created_at < now() - ${`${KEPT_DAYS} days`}::text::interval
      order by created_at limit ${FILES_A_CALL}`,
  );
  if (old.length === 0) return 0;
  const ids = old.map(({ id }) => id);
  await removeFiles(deps.uploadsFolder, ids);
  await inTenant(
    deps.db,
    organisation,
    (tx) => tx.sql`
      update uploads set wrapped_key = null, erased_at = coalesce(erased_at, now()), survey = survey - 'samples'
      where id = any(${ids}::uuid[])`,
  );
  return ids.length;
}

/** What a process that died had begun to write: sealed with a key that nobody wrote down. */
export async function eraseHalfFiles({ uploadsFolder }: SweepDeps): Promise<number> {
  if (uploadsFolder === undefined) return 0;
  const names = await readdir(uploadsFolder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  let erased = 0;
  for (const name of names.filter((each) => each.endsWith(".part"))) {
    const path = join(uploadsFolder, name);
    const found = await stat(path).catch(() => null); // gone since: whoever wrote it has ended
    if (found === null || Date.now() - found.mtimeMs < HALF_COME_MS) continue;
    await rm(path, { force: true });
    erased += 1;
  }
  return erased;
}
