// What `npm start` reads from the environment, once; every wrong value is reported together. Plain JavaScript without
// packages: it runs before anything is installed.
import { isIP } from "node:net";
import { placesOf } from "./places.mjs";

/** @typedef {Record<string, string | undefined>} Environment */
/** @typedef {ReturnType<typeof readStartConfig>} StartConfig */

/** What a person may set, with what it is for: the table in settings.md. Processes read their own share of it. */
export const settings = {
  PORT: "the app, `4000`; sandbox, PostgreSQL, Temporal and its page take the next four",
  HOST: "the address that the app listens on, `127.0.0.1`; another one only with an https `PUBLIC_URL`",
  PUBLIC_URL:
    "where people open the app, `http://localhost:<PORT>`; https makes it production, http stays on this machine",
  DATA_DIR: "database, files and logs of the embedded default, `.data`",
  DATABASE_URL: "a PostgreSQL 18 of yours, as a role that may create roles; else the embedded one",
  API_ROLE_PASSWORD: "password of the role `headwater_api` in that database",
  WORKER_ROLE_PASSWORD: "password of the role `headwater_worker` in that database",
  DATABASE_CONNECTIONS: "how many connections an API process keeps, `16`",
  COST_FILE_MB: "the largest file of costs in MB, `20`; what it unpacks to and its rows grow with it",
  TEMPORAL_ADDRESS:
    "a Temporal server of yours, `host:port`; else the embedded one. `TEMPORAL_API_KEY`, `TEMPORAL_TLS_*` and the other settings of `@temporalio/envconfig` go with it",
  TEMPORAL_NAMESPACE: "its namespace, `headwater`",
  TEMPORAL_CLI: "a `temporal` program to use for the embedded server",
  PAYLOAD_KEYS_FILE:
    "keys that encrypt what Temporal keeps, lines of an id and 64 hex digits, newest first; production needs them",
  AUTH_SECRET: "signs the session cookies, 32 characters or more",
  VAULT_PUBLIC_KEY_FILE: "what the API seals credentials with",
  VAULT_PRIVATE_KEY_FILE: "what the workers open them with",
  PROVIDER_ROUTES:
    "host pattern to the origin of a stand-in, as JSON; a browser is sent to `<origin>/~/<host>/<path>`; refused in production",
  SUPPORT_URL: "where *contact support* leads",
  TRUSTED_PROXIES: "addresses or ranges of your proxies, whose `x-forwarded-for` is believed; none",
  SMTP_URL:
    "where mails are handed in, `smtps://user:password@host:465`; the embedded default keeps them to be read at `/mailbox`",
  MAIL_FROM: "whom mails come from, `Headwater <no-reply@<host of PUBLIC_URL>>`",
  LOG_LEVEL: "`debug`, `info`, `warn` or `error`",
  NODE_ENV: "`production` makes it production, which needs an https `PUBLIC_URL`",
  SANDBOX_LIVE: "new orders in the sandbox as time goes by: `on`, `off`, or `seeds` for each shop as it is set",
  SANDBOX_SEED: "another number, another set of orders in every sandbox shop",
};

/** What the starter hands to its own processes; nobody sets these. */
export const handedOver = [
  "HEALTH_PORT",
  "STARTER_PID",
  "EMBEDDED",
  "WEB_DIST",
  "APP_URL",
  "DEMO_PASSWORD",
  "SANDBOX_PORT",
  "SANDBOX_SFTP_PORT",
  "SANDBOX_HOST",
  "SANDBOX_DATA_DIR",
  "SANDBOX_CLIENTS",
  "SANDBOX_WEBHOOK_URL",
];

const portsNeeded = 5;

/** @param {Environment} env */
export function readStartConfig(env) {
  const set = reader(env);
  const port = set.number("PORT", { fallback: 4000, least: 1024, most: 65_535 - portsNeeded });
  const publicUrl = set.url("PUBLIC_URL", ["http:", "https:"]) ?? `http://localhost:${port}`;
  const production = env.NODE_ENV === "production" || publicUrl.startsWith("https:");
  const config = {
    env,
    places: placesOf(env),
    production,
    port,
    host: env.HOST || "127.0.0.1",
    publicUrl: publicUrl.replace(/\/$/u, ""),
    databaseUrl: set.url("DATABASE_URL", ["postgres:", "postgresql:"]),
    apiRolePassword: env.API_ROLE_PASSWORD,
    workerRolePassword: env.WORKER_ROLE_PASSWORD,
    temporalAddress: env.TEMPORAL_ADDRESS || undefined,
    temporalNamespace: env.TEMPORAL_NAMESPACE || "headwater",
    temporalCli: env.TEMPORAL_CLI || undefined,
    authSecret: set.atLeast("AUTH_SECRET", 32),
    vaultPublicKeyFile: env.VAULT_PUBLIC_KEY_FILE,
    vaultPrivateKeyFile: env.VAULT_PRIVATE_KEY_FILE,
    payloadKeysFile: env.PAYLOAD_KEYS_FILE,
    providerRoutes: set.routes("PROVIDER_ROUTES"),
    supportUrl: env.SUPPORT_URL || "mailto:support@headwater.example",
    smtpUrl: set.url("SMTP_URL", ["smtp:", "smtps:"]),
  };
  set.refuseOpenDoors(config);
  if (production) set.refuseForProduction(config);
  set.done();
  return config;
}

/** @param {Environment} env */
function reader(env) {
  /** @type {string[]} */
  const wrong = [];
  return {
    /** @param {string} key
     * @param {{ fallback: number, least: number, most: number }} range */
    number(key, { fallback, least, most }) {
      const value = env[key] ? Number(env[key]) : fallback;
      if (Number.isInteger(value) && value >= least && value <= most) return value;
      wrong.push(`${key}=${env[key]}: a whole number from ${least} to ${most} is needed`);
      return fallback;
    },
    /** @param {string} key
     * @param {string[]} protocols */
    url(key, protocols) {
      const text = env[key];
      if (!text) return undefined;
      if (URL.canParse(text) && protocols.includes(new URL(text).protocol)) return text;
      wrong.push(
        `${key}: an address that begins with ${protocols.map((protocol) => `${protocol}//`).join(" or ")} is needed`,
      );
      return undefined;
    },
    /** @param {string} key
     * @param {number} length */
    atLeast(key, length) {
      const text = env[key];
      if (text && text.length < length) wrong.push(`${key}: ${length} characters or more are needed`);
      return text || undefined;
    },
    /** @param {string} key
     * @returns {Record<string, string>} */
    routes(key) {
      const text = env[key];
      if (!text) return {};
      try {
        const routes = JSON.parse(text);
        if (Object.values(routes).every((origin) => typeof origin === "string" && URL.canParse(origin))) return routes;
      } catch {
        // told below, as for any other wrong shape
      }
      wrong.push(`${key}: a JSON object like {"*.myshopify.com":"http://127.0.0.1:4001"} is needed`);
      return {};
    },
    /** The rule of server/exposure.ts, told here before anything is brought up.
     * @param {{ production: boolean, publicUrl: string, host: string }} config */
    refuseOpenDoors({ production, publicUrl, host }) {
      const { protocol, hostname } = new URL(publicUrl);
      if (protocol !== "https:" && production)
        wrong.push("PUBLIC_URL: production needs an https address, or the session cookie travels in clear");
      else if (protocol !== "https:" && !isLoopback(hostname))
        wrong.push("PUBLIC_URL: http is for this machine alone (localhost, 127.0.0.1); set an https address");
      if (protocol !== "https:" && !isLoopback(host))
        wrong.push("HOST: other machines may reach the app with TLS only; set an https PUBLIC_URL");
    },
    /** @param {Record<string, unknown>} config */
    refuseForProduction(config) {
      if (Object.keys(Object(config.providerRoutes)).length > 0) wrong.push("PROVIDER_ROUTES: refused in production");
      const needed = {
        AUTH_SECRET: config.authSecret,
        VAULT_PUBLIC_KEY_FILE: config.vaultPublicKeyFile,
        VAULT_PRIVATE_KEY_FILE: config.vaultPrivateKeyFile,
        API_ROLE_PASSWORD: config.apiRolePassword,
        WORKER_ROLE_PASSWORD: config.workerRolePassword,
        SMTP_URL: config.smtpUrl,
        PAYLOAD_KEYS_FILE: config.payloadKeysFile,
      };
      for (const [key, value] of Object.entries(needed)) {
        if (!value) wrong.push(`${key}: production makes none up; set it`);
      }
    },
    done() {
      if (wrong.length > 0)
        throw new Error(["These settings are wrong:", ...wrong.map((line) => `  - ${line}`)].join("\n"));
    },
  };
}

/** @param {string} host */
function isLoopback(host) {
  const plain = host.replace(/^\[(.*)\]$/u, "$1").toLowerCase();
  if (isIP(plain) === 0) return plain === "localhost" || plain.endsWith(".localhost");
  return plain === "::1" || plain.startsWith("127.");
}

/** What the other commands need to know: where things lie.
 * @param {Environment} env */
export const readCommandConfig = (env) => ({ places: placesOf(env) });
