/** A pasted key before anybody has tried it: which platform takes one, how it is read, and the name it has in memory. */
import { connectorFor } from "@headwater/connectors/connectors.ts";
import type { KeyTrial, Params, PastedKey, Typed } from "@headwater/connectors/authorization.ts";
import { platformEntry } from "../reading/catalog.ts";

export interface PastedFields {
  readonly platform: string;
  readonly fields: readonly { readonly name: string; readonly value: string }[];
}
/** By platform and what was pasted, as read; `tooMany`: it was not tried. */
export type TriedKeys = ReadonlyMap<string, KeyTrial | "tooMany">;

export function pastedKeyOf(platform: string): PastedKey | null {
  const entry = platformEntry(platform);
  const connector = entry?.state === "ready" ? connectorFor(entry.platform) : null;
  if (connector?.authorization.kind === "key") return connector.authorization;
  return connector?.key ?? null;
}

export const typedIn = (key: PastedKey, { fields }: PastedFields): Typed =>
  key.readTyped(Object.fromEntries(fields.map(({ name, value }) => [name, value])));

export const trialKey = (platform: string, params: Params): string =>
  JSON.stringify([platform, Object.entries(params).toSorted(([a], [b]) => (a < b ? -1 : 1))]);
