/** What a setting may look like, the same in every process that reads one. */
import { readFileSync } from "node:fs";
import * as v from "valibot";
import { readProviderRoutes } from "./outbound/routes.ts";
import type { ProviderRoutes } from "./outbound/routes.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

export const port = v.pipe(v.string(), v.regex(/^\d{1,5}$/), v.transform(Number), v.maxValue(65_535));

export const megabytes = v.pipe(v.string(), v.regex(/^[1-9]\d{0,5}$/), v.transform(Number));

export const url = (...schemes: string[]) =>
  v.pipe(
    v.string(),
    v.check(
      (text) => schemes.some((scheme) => URL.parse(text)?.protocol === `${scheme}:`),
      `expected ${schemes.join(" or ")}://`,
    ),
  );

export const routes = v.pipe(
  v.string(),
  v.rawTransform<string, ProviderRoutes>(({ dataset, addIssue, NEVER }) => {
    try {
      return readProviderRoutes(dataset.value);
    } catch (error) {
      addIssue({ message: error instanceof Error ? error.message : String(error) });
      return NEVER;
    }
  }),
);

export const file = v.pipe(
  v.string(),
  v.rawTransform<string, string>(({ dataset, addIssue, NEVER }) => {
    try {
      return readFileSync(dataset.value, "utf8").trim();
    } catch {
      addIssue({ message: `cannot read ${dataset.value}` });
      return NEVER;
    }
  }),
);

/** One line a value, by the name of its setting. */
export const inWords = (issue: v.BaseIssue<unknown>): string =>
  `${v.getDotPath(issue) ?? "environment"}: ${issue.received === "undefined" ? "is missing" : issue.message}`;

/** What was set at all: an empty text is not. */
export const givenIn = (env: Environment): Record<string, string> =>
  Object.fromEntries(
    Object.entries(env).flatMap(([key, value]) => (value === undefined || value === "" ? [] : [[key, value] as const])),
  );

/** Temporal's own settings are read by its own library; these two have a default of ours. */
export const temporalOf = (
  given: Readonly<Record<string, string>>,
  { TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE }: { readonly TEMPORAL_ADDRESS: string; readonly TEMPORAL_NAMESPACE: string },
): Record<string, string> => ({
  ...Object.fromEntries(Object.entries(given).filter(([key]) => key.startsWith("TEMPORAL_"))),
  TEMPORAL_ADDRESS,
  TEMPORAL_NAMESPACE,
});

/** `SHOPIFY_CLIENT_ID` and `_SECRET`: ours at that platform. Half of it is none. */
export function appsIn(
  given: Readonly<Record<string, string>>,
): Map<string, { readonly clientId: string; readonly clientSecret: string }> {
  const apps = new Map<string, { clientId: string; clientSecret: string }>();
  for (const [key, clientId] of Object.entries(given)) {
    const [, name] = /^([A-Z0-9_]+)_CLIENT_ID$/.exec(key) ?? [];
    const clientSecret = given[`${name}_CLIENT_SECRET`];
    if (name !== undefined && clientSecret !== undefined)
      apps.set(name.toLowerCase().replaceAll("_", "-"), { clientId, clientSecret });
  }
  return apps;
}
