// The one place of the sandbox that reads the environment.
import * as v from "valibot";

/** An app as it is registered at a platform. */
export interface Client {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly redirectUris: readonly string[];
}

export interface SandboxConfig {
  readonly port: number;
  readonly host: string;
  readonly dataDir: string;
  readonly shopify: Client;
  /** By platform, Shopify among them. */
  readonly clients: Readonly<Record<string, Client>>;
  /** The app that the start page links back to. */
  readonly appUrl: string | null;
  /** Where the app declared its webhooks, as an app does in its partner dashboard; `/<platform>` is appended. */
  readonly webhookUrl: string | null;
  /** New orders as time goes by: `seeds` leaves it to each shop's own setting. */
  readonly live: "seeds" | "on" | "off";
  /** Another number, another set of orders in every shop. */
  readonly seed: number;
  /** Where cost files are served over SFTP; null: nowhere until the desk asks for it. */
  readonly sftpPort: number | null;
  readonly starterPid: number | null;
}

const clientShape = v.object({
  clientId: v.pipe(v.string(), v.minLength(1)),
  clientSecret: v.pipe(v.string(), v.minLength(1)),
  redirectUris: v.array(v.pipe(v.string(), v.url())),
});
const clientsShape = v.objectWithRest({ shopify: clientShape }, clientShape);

const clients = v.pipe(
  v.string(),
  v.rawTransform(({ dataset, addIssue, NEVER }): unknown => {
    try {
      return JSON.parse(dataset.value);
    } catch {
      addIssue({ message: "SANDBOX_CLIENTS is not JSON" });
      return NEVER;
    }
  }),
  clientsShape,
);

const whole = (name: string) =>
  v.pipe(v.string(), v.regex(/^\d{1,10}$/, `${name} is a whole number`), v.transform(Number));

const environment = v.object({
  SANDBOX_PORT: whole("SANDBOX_PORT"),
  SANDBOX_HOST: v.optional(v.string(), "127.0.0.1"),
  SANDBOX_DATA_DIR: v.pipe(v.string(), v.minLength(1)),
  SANDBOX_CLIENTS: clients,
  APP_URL: v.optional(v.pipe(v.string(), v.url())),
  SANDBOX_WEBHOOK_URL: v.optional(v.pipe(v.string(), v.url())),
  SANDBOX_LIVE: v.optional(v.picklist(["seeds", "on", "off"]), "seeds"),
  SANDBOX_SEED: v.optional(whole("SANDBOX_SEED"), "20261121"),
  SANDBOX_SFTP_PORT: v.optional(whole("SANDBOX_SFTP_PORT")),
  STARTER_PID: v.optional(whole("STARTER_PID")),
});

export function readSandboxConfig(env: Readonly<Record<string, string | undefined>>): SandboxConfig {
  const parsed = v.safeParse(environment, env);
  if (!parsed.success) {
    const lines = parsed.issues.map((issue) => `  ${v.getDotPath(issue) ?? "environment"}: ${issue.message}`);
    throw new Error(`The sandbox cannot start with these settings:\n${lines.join("\n")}`);
  }
  const out = parsed.output;
  return {
    port: out.SANDBOX_PORT,
    host: out.SANDBOX_HOST,
    dataDir: out.SANDBOX_DATA_DIR,
    shopify: out.SANDBOX_CLIENTS.shopify,
    clients: out.SANDBOX_CLIENTS,
    appUrl: out.APP_URL ?? null,
    webhookUrl: out.SANDBOX_WEBHOOK_URL ?? null,
    live: out.SANDBOX_LIVE,
    seed: out.SANDBOX_SEED,
    sftpPort: out.SANDBOX_SFTP_PORT ?? null,
    starterPid: out.STARTER_PID ?? null,
  };
}
