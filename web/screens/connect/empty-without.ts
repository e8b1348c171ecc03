import type { ConnectPlatform } from "./connect.documents.ts";

/** What the missing scopes feed; a role is missing for all of it. */
export function emptyWithout(
  { scopes, powers }: Pick<ConnectPlatform, "scopes" | "powers">,
  lacks: readonly string[],
): string[] {
  const missing = scopes.filter(({ name }) => lacks.includes(name));
  if (missing.length < lacks.length) return [...powers];
  return [...new Set(missing.flatMap(({ feeds }) => feeds))];
}
