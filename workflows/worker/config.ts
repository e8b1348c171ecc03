/** The two workers' settings: the environment is read once, every wrong value is reported together, then they are arguments. */
import { readFileSync } from "node:fs";
import { readProviderRoutes } from "@headwater/connectors/outbound/routes.ts";
import type { ProviderRoutes } from "@headwater/connectors/outbound/routes.ts";
import * as v from "valibot";

/** A connection to Postgres that owes an answer for longer is a lost one. Beyond any statement and wait for a lock of ours. */
export const DATABASE_SILENCE_MS = 180_000;

export type Environment = Readonly<Record<string, string | undefined>>;

const port = v.pipe(v.string(), v.regex(/^\d{1,5}$/), v.transform(Number), v.maxValue(65_535));
const url = (...schemes: string[]) =>
  v.pipe(
    v.string(),
    v.check(
      (text) => schemes.some((scheme) => URL.parse(text)?.protocol === `${scheme}:`),
      `expected ${schemes.join(" or ")}://`,
    ),
  );
const routes = v.pipe(
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
const file = v.pipe(
  v.string(),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    try {
      return readFileSync(dataset.value, "utf8").trim();
    } catch {
      addIssue({ message: `cannot read ${dataset.value}` });
      return NEVER;
    }
  }),
);

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
  readonly logLevel: "debug" | "info" | "warn" | "error";
  readonly clients: Readonly<Record<string, { readonly clientId: string; readonly clientSecret: string }>>;
}

export function readWorkerConfig(env: Environment): WorkerConfig {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ""));
  const read = v.safeParse(settings, given);
  if (!read.success) throw new Error(read.issues.map(inWords).join("\n"));
  const { output } = read;
  const isProduction = output.NODE_ENV === "production" || output.PUBLIC_URL.startsWith("https:");
  if (isProduction && output.PROVIDER_ROUTES !== undefined)
    throw new Error(
      "PROVIDER_ROUTES: a production start refuses it, for it would send merchants' traffic to a stand-in",
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
    logLevel: output.LOG_LEVEL,
    clients: clientsOf(given),
  };
}

function inWords(issue: v.BaseIssue<unknown>): string {
  return `${v.getDotPath(issue) ?? "environment"}: ${issue.received === "undefined" ? "is missing" : issue.message}`;
}

/** Temporal's own settings are read by its own library; these two have a default of ours. */
const temporalOf = (
  given: Record<string, string | undefined>,
  { TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE }: { TEMPORAL_ADDRESS: string; TEMPORAL_NAMESPACE: string },
): Record<string, string> => {
  const theirs = Object.entries(given).flatMap(([key, value]) =>
    key.startsWith("TEMPORAL_") && value !== undefined ? [[key, value] as const] : [],
  );
  return { ...Object.fromEntries(theirs), TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE };
};

/** `SHOPIFY_CLIENT_ID` and `_SECRET`: ours at that platform. */
function clientsOf(given: Record<string, string | undefined>): WorkerConfig["clients"] {
  const clients: Record<string, { clientId: string; clientSecret: string }> = {};
  for (const [key, clientId] of Object.entries(given)) {
    const platform = /^([A-Z0-9_]+)_CLIENT_ID$/.exec(key)?.[1];
    const clientSecret = platform === undefined ? undefined : given[`${platform}_CLIENT_SECRET`];
    if (platform === undefined || clientId === undefined || clientSecret === undefined) continue;
    clients[platform.toLowerCase().replaceAll("_", "-")] = { clientId, clientSecret };
  }
  return clients;
}
