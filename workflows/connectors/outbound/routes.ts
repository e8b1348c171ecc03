// PROVIDER_ROUTES: which hosts a stand-in answers for. Their origins are the only loopback that may be reached.
import * as v from "valibot";
import { hostMatches, hostName } from "./hosts.ts";

export type ProviderRoutes = ReadonlyMap<string, URL>;

const HOST_PATTERN = /^(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)+$/;
const ORIGIN_SCHEMES = ["http:", "https:", "sftp:"];

const routesSchema = v.record(
  v.pipe(v.string(), v.regex(HOST_PATTERN, "not a host pattern such as *.myshopify.com")),
  v.pipe(v.string(), v.check(isOrigin, "not an origin such as http://127.0.0.1:4001")),
);

function isOrigin(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && ORIGIN_SCHEMES.includes(url.protocol) && url.pathname.length <= 1 && url.search === "";
}

/** Throws with every wrong entry named. An empty or absent setting is no routes. */
export function readProviderRoutes(text: string | undefined): ProviderRoutes {
  if (text === undefined || text.trim() === "") return new Map();
  const read = v.safeParse(v.pipe(v.string(), v.parseJson(), routesSchema), text);
  if (!read.success) {
    const wrong = read.issues.map((issue) => `${v.getDotPath(issue) ?? "PROVIDER_ROUTES"}: ${issue.message}`);
    throw new Error(`PROVIDER_ROUTES is not a map from host pattern to origin: ${wrong.join("; ")}`);
  }
  return new Map(Object.entries(read.output).map(([pattern, origin]) => [pattern, new URL(origin)]));
}

/** The stand-in for a host: the exact name first, then the longest pattern. */
export function routeFor(routes: ProviderRoutes, hostname: string): URL | null {
  const exact = routes.get(hostName(hostname));
  if (exact !== undefined) return exact;
  const patterns = [...routes.keys()].filter((pattern) => hostMatches(pattern, hostname));
  const longest = patterns.toSorted((a, b) => b.length - a.length)[0];
  return longest === undefined ? null : (routes.get(longest) ?? null);
}

/**
 * A stand-in may name itself where the source would name its own host: in a link to the next page, or to a file. Null for
 * every address but those of a stand-in that answers for one of `hosts`.
 */
export function ownAddress(routes: ProviderRoutes, text: string, hosts: readonly string[]): URL | null {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) return null;
  const isOwn = hosts.some((host) => routeFor(routes, host.replace(/^\*/, "any"))?.origin === url.origin);
  return isOwn ? url : null;
}

export function browserAddress(routes: ProviderRoutes, address: URL): string {
  const origin = routeFor(routes, address.hostname);
  if (origin === null) return address.href;
  return `${origin.origin}/~/${address.host}${address.pathname}${address.search}${address.hash}`;
}
