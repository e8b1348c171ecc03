/** The two workers' settings: the environment is read once, every wrong value is reported together, then they are arguments. */
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

/** A connection to Postgres that owes an answer for longer is a lost one. Beyond any statement and wait for a lock of ours. */
export const DATABASE_SILENCE_MS = 180_000;

export type { Environment } from "@headwater/connectors/setting-shapes.ts";

const settings = v.object({
  DATABASE_URL: url("postgres", "postgresql"),
  TEMPORAL_ADDRESS: v.optional(v.string(), "127.0.0.1:7233"),
  TEMPORAL_NAMESPACE: v.optional(v.string(), "headwater"),
  VAULT_PRIVATE_KEY_FILE: file,
  VAULT_PUBLIC_KEY_FILE: v.optional(file),
  PROVIDER_ROUTES: v.optional(routes),
  PUBLIC_URL: v.optional(url("http", "https"), "http://localhost:4000"),
  HEALTH_PORT: v.optional(port, "0"),
  DATA_DIR: v.optional(v.string(), ".data"),
  SMTP_URL: v.optional(url("smtp", "smtps")),
  MAIL_FROM: v.optional(v.pipe(v.string(), v.maxLength(200), v.regex(/^[^\p{Cc}]+$/u))),
  STARTER_PID: v.optional(v.pipe(v.string(), v.regex(/^\d+$/), v.transform(Number))),
  PAYLOAD_KEYS_FILE: v.optional(file),
  NODE_ENV: v.optional(v.string()),
  COST_FILE_MB: v.optional(megabytes, "20"),
  LOG_LEVEL: v.optional(v.picklist(["debug", "info", "warn", "error"]), "info"),
});

export interface WorkerConfig {
  readonly databaseUrl: string;
  readonly namespace: string;
  readonly temporalEnvironment: Readonly<Record<string, string>>;
  readonly vaultPrivateKey: string;
  readonly vaultPublicKey: string | null;
  readonly providerRoutes: ProviderRoutes;
  readonly publicUrl: string;
  readonly healthPort: number;
  readonly dataDir: string;
  /** Null where nothing hands mails on: they are read in the mailbox. */
  readonly smtpUrl: string | null;
  readonly mailFrom: string;
  readonly starterPid: number | null;
  readonly payloadKeys: string | null;
  readonly isProduction: boolean;
  /** The largest file of costs. */
  readonly costFileMegabytes: number;
  readonly logLevel: "debug" | "info" | "warn" | "error";
  readonly clients: Readonly<Record<string, { readonly clientId: string; readonly clientSecret: string }>>;
}

export function readWorkerConfig(env: Environment): WorkerConfig {
  const given = givenIn(env);
  const read = v.safeParse(settings, given);
  if (!read.success) throw new Error(read.issues.map(inWords).join("\n"));
  const { output } = read;
  const isProduction = output.NODE_ENV === "production" || output.PUBLIC_URL.startsWith("https:");
  if (isProduction && output.PROVIDER_ROUTES !== undefined)
    throw new Error(
      "PROVIDER_ROUTES: a production start refuses it, for it would send merchants' traffic to a stand-in",
    );
  if (isProduction && output.PAYLOAD_KEYS_FILE === undefined)
    throw new Error(
      "PAYLOAD_KEYS_FILE: production needs it, or what Temporal keeps can be read by whoever reads its database",
    );
  return {
    databaseUrl: output.DATABASE_URL,
    namespace: output.TEMPORAL_NAMESPACE,
    temporalEnvironment: temporalOf(given, output),
    vaultPrivateKey: output.VAULT_PRIVATE_KEY_FILE,
    vaultPublicKey: output.VAULT_PUBLIC_KEY_FILE ?? null,
    providerRoutes: output.PROVIDER_ROUTES ?? new Map(),
    publicUrl: output.PUBLIC_URL,
    healthPort: output.HEALTH_PORT,
    dataDir: output.DATA_DIR,
    smtpUrl: output.SMTP_URL ?? null,
    mailFrom: output.MAIL_FROM ?? `Headwater <no-reply@${new URL(output.PUBLIC_URL).hostname}>`,
    starterPid: output.STARTER_PID ?? null,
    payloadKeys: output.PAYLOAD_KEYS_FILE ?? null,
    isProduction,
    costFileMegabytes: output.COST_FILE_MB,
    logLevel: output.LOG_LEVEL,
    clients: Object.fromEntries(appsIn(given)),
  };
}
