/**
 * Workflow code of two releases never works at one time: what the older one made of an answer that only the newer knows
 * could not be replayed, ever. A process that starts stands by until every `lifecycle` process of other workflow code has
 * ended, or has shown no life for a while. See `decisions/0006-one-release-of-workflows-at-a-time.md`.
 */
import type { Database } from "@headwater/db";

const LOOK_MS = 1_000;
/** Three signs of life that did not come. */
const SILENCE = "30 seconds";
/** Two that look at once must not both see nobody. */
const TURNS_LOCK = 7_204_118;

export interface Process {
  readonly id: string;
  readonly kind: "lifecycle" | "load";
  /** Of the workflow code: with equal code any number work side by side. */
  readonly version: string;
}

/** Whoever works with other code; nobody: the turn is taken, which the row says. */
export async function takeTurn({ sql }: Database, { id, kind, version }: Process): Promise<readonly string[]> {
  return sql.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(${TURNS_LOCK})`;
    const others = await tx<{ other: string }[]>`
      select coalesce(version, 'an earlier release') as other from processes where kind = 'lifecycle' and id <> ${id}
        and version is distinct from ${version} and seen_at > now() - ${SILENCE}::interval order by started_at`;
    if (others.length === 0)
      await tx`
        insert into processes (id, kind, version, started_at, seen_at) values (${id}, ${kind}, ${version}, now(), now())
        on conflict (id) do update set seen_at = now()`;
    return others.map(({ other }) => other);
  });
}

/** `onWait` hears of everybody who is waited for, whenever that changes. A database that does not answer is waited for too. */
export async function waitForTurn(
  db: Database,
  process: Process,
  onWait: (waitsFor: readonly string[]) => void,
  onTrouble: (error: unknown) => void,
): Promise<void> {
  let said = "";
  for (;;) {
    try {
      const others = await takeTurn(db, process);
      if (others.length === 0) return;
      if (others.join() !== said) onWait(others);
      said = others.join();
    } catch (error) {
      onTrouble(error);
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}
