/** From where the app may be reached: beyond this machine with TLS only, for a session cookie without it is anybody's on the way. */
import { BlockList, isIP, isIPv6 } from "node:net";

export interface Exposure {
  readonly NODE_ENV?: string | undefined;
  readonly PUBLIC_URL?: string | undefined;
  readonly HOST?: string | undefined;
}

export const isProduction = ({ NODE_ENV, PUBLIC_URL }: Exposure): boolean =>
  NODE_ENV === "production" || protocolOf(PUBLIC_URL) === "https:";

/** What is wrong, each by the name of its setting; nothing if the app may start so. */
export function exposureProblems(exposure: Exposure): string[] {
  const { HOST, PUBLIC_URL } = exposure;
  const protocol = protocolOf(PUBLIC_URL);
  const problems: string[] = [];
  if (isProduction(exposure) && protocol !== "https:")
    problems.push("PUBLIC_URL: production needs an https address, or the session cookie travels in clear");
  else if (protocol === "http:" && !isLoopback(URL.parse(PUBLIC_URL ?? "")?.hostname ?? ""))
    problems.push("PUBLIC_URL: http is for this machine alone (localhost, 127.0.0.1); set an https address");
  if (HOST !== undefined && protocol !== "https:" && !isLoopback(HOST))
    problems.push("HOST: other machines may reach the app with TLS only; set an https PUBLIC_URL");
  return problems;
}

const protocolOf = (url: string | undefined): string | null => URL.parse(url ?? "")?.protocol ?? null;

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");

/** A name that resolves to this machine by definition, or one of its own addresses. */
function isLoopback(host: string): boolean {
  const plain = host.replace(/^\[(.*)\]$/, "$1").toLowerCase();
  if (isIP(plain) === 0) return plain === "localhost" || plain.endsWith(".localhost");
  return loopback.check(plain, isIPv6(plain) ? "ipv6" : "ipv4");
}
