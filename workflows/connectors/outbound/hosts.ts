// Host patterns: an exact name, or `*.name` for one or more labels before it.

/** Lower case, without the root's dot; what every comparison uses. */
export function hostName(hostname: string): string {
  return hostname.toLowerCase().replace(/\.$/, "");
}

export function hostMatches(pattern: string, hostname: string): boolean {
  const host = hostName(hostname);
  if (!pattern.startsWith("*.")) return host === pattern;
  return host.endsWith(pattern.slice(1)) && host.length > pattern.length - 1;
}

export function isAmong(patterns: readonly string[], hostname: string): boolean {
  return patterns.some((pattern) => hostMatches(pattern, hostname));
}

/** What a source names of its own without TLS is asked for with it. */
export function withTls(address: URL, own: readonly string[]): URL {
  if (address.protocol !== "http:" || !isAmong(own, address.hostname)) return address;
  const secured = new URL(address);
  secured.protocol = "https:";
  return secured;
}
