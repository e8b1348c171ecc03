// Which addresses we may connect to. A name is resolved once, every address it has must be a global unicast one, and
// the socket goes to exactly the addresses that were checked: there is no second look-up to lie to us.
import ipaddr from "ipaddr.js";
import { SourceFailure } from "../failure.ts";
import { hostName, isAmong } from "./hosts.ts";

export type Resolved = { readonly address: string; readonly family: 4 | 6 };
export type Resolver = (hostname: string) => Promise<readonly Resolved[]>;

export function refusal(code: string, said: string): SourceFailure {
  return new SourceFailure({ class: "invalid_request", code: `outbound.${code}`, said });
}

/** https, no userinfo, an allowed port, a host that the caller named; a literal address must be a global one. */
export function checkedUrl(text: string, allowed: { hosts: readonly string[]; ports: readonly number[] }): URL {
  const url = URL.parse(text);
  if (url === null) throw refusal("notAnAddress", "The address cannot be read");
  if (url.protocol !== "https:") throw refusal("notHttps", `${url.protocol} is not https:`);
  if (url.username !== "" || url.password !== "") throw refusal("userinfo", "The address carries a user name");
  const port = url.port === "" ? 443 : Number(url.port);
  if (!allowed.ports.includes(port)) throw refusal("port", `Port ${port} is not allowed`);
  const host = hostName(url.hostname);
  const literal = literalAddress(host);
  if (literal !== null && !isGlobalUnicast(literal)) throw refusal("privateAddress", `${host} is not a public address`);
  if (literal === null && !host.includes(".")) throw refusal("bareName", `${host} is not a public name`);
  if (!isAmong(allowed.hosts, host)) throw refusal("host", `${host} is not among the hosts of this source`);
  return url;
}

const PLAIN_HOST = /^[a-z0-9.-]{1,253}$/i;

/** A host that stands by itself, in whatever spelling; its one name. Refused as an address with it would be. */
export function checkedHost(text: string): string {
  const url = PLAIN_HOST.test(text) ? URL.parse(`https://${text}/`) : null;
  if (url === null) throw refusal("notAnAddress", "The host cannot be read");
  const host = hostName(url.hostname);
  checkedUrl(url.href, { hosts: [host], ports: [443] });
  return host;
}

/** The address inside `127.0.0.1` or `[::1]`; null for a name. The URL parser has unified all other spellings. */
function literalAddress(hostname: string): string | null {
  const bare = hostname.startsWith("[") ? hostname.slice(1, -1) : hostname;
  return ipaddr.IPv6.isValid(bare) || ipaddr.IPv4.isValidFourPartDecimal(bare) ? bare : null;
}

const globalV6 = ipaddr.IPv6.parseCIDR("2000::/3");

/** Positive list: of IPv6 only 2000::/3, and of both only what has no special meaning. */
export function isGlobalUnicast(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.parse(address);
  if (parsed.range() !== "unicast") return false;
  return parsed instanceof ipaddr.IPv4 || parsed.match(globalV6);
}

/** Refuses when ANY address of the name is not global: a name with one private address is a trap. */
export async function checkedAddresses(hostname: string, resolve: Resolver): Promise<readonly Resolved[]> {
  const addresses = await resolve(hostname);
  const bad = addresses.find(({ address }) => !isGlobalUnicast(address));
  if (bad !== undefined) throw refusal("privateAddress", `${hostname} leads to ${bad.address}`);
  if (addresses.length === 0)
    throw new SourceFailure({ class: "transient", code: "outbound.noAddress", said: `${hostname} has no address` });
  return addresses;
}
