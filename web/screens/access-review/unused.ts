/** An access that nobody needs is one that can only be lost: after so long it is pointed out. */
export const unusedAfterDays = 30;

/** Since when nothing was read with it, where that is long ago; null where it is in use. */
export function unusedSince(lastUsedAt: string | null, givenAt: string | null, now: number): string | null {
  const since = lastUsedAt ?? givenAt;
  return since !== null && now - Date.parse(since) >= unusedAfterDays * 86_400_000 ? since : null;
}
