/** The API process's settings: the environment is read once, every wrong value is reported together, then they are arguments. */
import { isIP, isIPv6 } from "node:net";
import type { ProviderRoutes } from "@headwater/connectors/outbound/routes.ts";
import {
  appsIn,
  file,
  givenIn,
  inWords,
  megabytes,
  port,
  routes,
  temporalOf,
  url,
} from "@headwater/connectors/setting-shapes.ts";
import type { Environment } from "@headwater/connectors/setting-shapes.ts";
import * as v from "valibot";
import { exposureProblems, isProduction as isProductionStart } from "./exposure.ts";
import type { AppCredential } from "./graphql/context.ts";

export type { Environment } from "@headwater/connectors/setting-shapes.ts";

const ranges = v.pipe(
  v.string(),
  v.transform((text) => text.split(/[\s,]+/).filter(Boolean)),
  v.check((list) => list.every(isRange), "expected addresses or ranges such as 10.0.0.0/8, separated by commas"),
);

function isRange(text: string): boolean {
  const [address = "", bits, ...rest] = text.split("/");
  const most = isIPv6(address) ? 128 : 32;
  return (
    isIP(address) !== 0 && rest.length === 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most))
  );
}

const settings = v.object({
  DATABASE_URL: url("postgres", "postgresql"),
  PORT: v.optional(port, "4000"),
  HOST: v.optional(v.string(), "127.0.0.1"),
  PUBLIC_URL: v.optional(url("http", "https")),
  AUTH_SECRET: v.pipe(v.string(), v.minLength(32, "32 characters at least")),
  VAULT_PUBLIC_KEY_FILE: file,
  PROVIDER_ROUTES: v.optional(routes),
  WEB_DIST: v.optional(v.string()),
  SUPPORT_URL: v.optional(v.string()),
  TRUSTED_PROXIES: v.optional(ranges, ""),
  EMBEDDED: v.optional(v.string()),
  TEMPORAL_ADDRESS: v.optional(v.string(), "127.0.0.1:7233"),
  TEMPORAL_NAMESPACE: v.optional(v.string(), "headwater"),
  PAYLOAD_KEYS_FILE: v.optional(file),
  DATA_DIR: v.optional(v.string(), ".data"),
  COST_FILE_MB: v.optional(megabytes, "20"),
  STARTER_PID: v.optional(v.pipe(v.string(), v.regex(/^\d+$/), v.transform(Number))),
  NODE_ENV: v.optional(v.string()),
  DATABASE_CONNECTIONS: v.optional(v.pipe(v.string(), v.regex(/^\d{1,3}$/), v.transform(Number), v.minValue(2)), "16"),
});

export interface ServerConfig {
  readonly databaseUrl: string;
  readonly databaseConnections: number;
  readonly port: number;
  readonly host: string;
  /** Null: the address that it listens on, known once it does. */
  readonly publicUrl: string | null;
  readonly secret: string;
  readonly vaultPublicKey: string;
  readonly providerRoutes: ProviderRoutes;
  readonly webDist: string | null;
  readonly supportUrl: string | null;
  /** Whose `x-forwarded-for` is believed. */
  readonly trustedProxies: readonly string[];
  readonly isEmbedded: boolean;
  readonly isProduction: boolean;
  readonly temporalNamespace: string;
  readonly temporalEnvironment: Readonly<Record<string, string>>;
  readonly payloadKeys: string | null;
  readonly dataDir: string;
  /** The largest file of costs. */
  readonly costFileMegabytes: number;
  readonly starterPid: number | null;
  readonly apps: ReadonlyMap<string, AppCredential>;
}

export function readServerConfig(env: Environment): ServerConfig {
  const given = givenIn(env);
  const read = v.safeParse(settings, given);
  const wrong = [...(read.success ? [] : read.issues.map(inWords)), ...unfit(given)];
  if (!read.success || wrong.length > 0) throw new Error(wrong.join("\n"));
  const { output } = read;
  const isProduction = isProductionStart(given);
  return {
    databaseUrl: output.DATABASE_URL,
    databaseConnections: output.DATABASE_CONNECTIONS,
    port: output.PORT,
    host: output.HOST,
    publicUrl: output.PUBLIC_URL ?? null,
    secret: output.AUTH_SECRET,
    vaultPublicKey: output.VAULT_PUBLIC_KEY_FILE,
    providerRoutes: output.PROVIDER_ROUTES ?? new Map(),
    webDist: output.WEB_DIST ?? null,
    supportUrl: output.SUPPORT_URL ?? null,
    trustedProxies: output.TRUSTED_PROXIES,
    isEmbedded: output.EMBEDDED === "1" && !isProduction,
    isProduction,
    temporalNamespace: output.TEMPORAL_NAMESPACE,
    temporalEnvironment: temporalOf(given, output),
    payloadKeys: output.PAYLOAD_KEYS_FILE ?? null,
    dataDir: output.DATA_DIR,
    costFileMegabytes: output.COST_FILE_MB,
    starterPid: output.STARTER_PID ?? null,
    apps: appsIn(given),
  };
}

/** Values that are well-formed and still no way to start. */
function unfit(given: Readonly<Record<string, string>>): string[] {
  const isRouted = isProductionStart(given) && given["PROVIDER_ROUTES"] !== undefined;
  const routed = "PROVIDER_ROUTES: a production start refuses it, for it would send merchants' traffic to a stand-in";
  const isOpen = isProductionStart(given) && given["PAYLOAD_KEYS_FILE"] === undefined;
  const open =
    "PAYLOAD_KEYS_FILE: production needs it, or what Temporal keeps can be read by whoever reads its database";
  return [...exposureProblems(given), ...(isRouted ? [routed] : []), ...(isOpen ? [open] : [])];
}
