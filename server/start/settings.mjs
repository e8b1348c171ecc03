// What each process is given, and nothing more: the API gets no private key, nobody but the migrations the owner's address.
import { join } from "node:path";
import { checkout } from "./places.mjs";
import { clientSettings, clientsFor, routesTo } from "./platforms.mjs";
import { productDatabase, superuserUrl } from "./postgres.mjs";
import { webDist } from "./web-build.mjs";

/** @typedef {import('./config.mjs').StartConfig} StartConfig */
/** @typedef {import('./instance.mjs').Instance} Instance */
/** @typedef {{ app: number, sandbox: number, postgres: number, temporal: number, temporalUi: number, temporalHttp: number, lifecycle: number, load: number, sftp: number }} Ports */
/** @typedef {{ publicKeyFile: string, privateKeyFile: string }} VaultKeys */
/** @typedef {{ config: StartConfig, instance: Instance, ports: Ports, vault: VaultKeys }} Given */

/** Not handed on from our own environment: who needs one is given it by name. */
const withheld = new Set(
  `DATABASE_URL API_ROLE_PASSWORD WORKER_ROLE_PASSWORD AUTH_SECRET DEMO_PASSWORD PROVIDER_ROUTES
   VAULT_PUBLIC_KEY_FILE VAULT_PRIVATE_KEY_FILE PORT HOST TEMPORAL_CLI SMTP_URL`.split(/\s+/u),
);

/** @param {StartConfig['env']} env */
const handedOn = (env) =>
  Object.fromEntries(Object.entries(env).filter(([key]) => !withheld.has(key) && !key.endsWith("_CLIENT_SECRET")));

/** The owner's address with another role's name and password.
 * @param {string} ownerUrl
 * @param {string} role
 * @param {string} password */
function asRole(ownerUrl, role, password) {
  const url = new URL(ownerUrl);
  url.username = role;
  url.password = encodeURIComponent(password);
  return url.href;
}

/** @param {Given} given */
export function settingsFor({ config, instance, ports, vault }) {
  const { secrets } = instance;
  const ownerUrl =
    config.databaseUrl ??
    superuserUrl({ port: ports.postgres, password: secrets.superuser, database: productDatabase });
  const passwords = {
    API_ROLE_PASSWORD: config.apiRolePassword || secrets.apiRole,
    WORKER_ROLE_PASSWORD: config.workerRolePassword || secrets.workerRole,
  };
  const clients = clientsFor(config.env, secrets.clients);
  const sandbox = `http://127.0.0.1:${ports.sandbox}`;
  const base = { ...handedOn(config.env), STARTER_PID: String(process.pid) };
  const outside = {
    TEMPORAL_ADDRESS: config.temporalAddress ?? `127.0.0.1:${ports.temporal}`,
    TEMPORAL_NAMESPACE: config.temporalNamespace,
    PUBLIC_URL: config.publicUrl,
    DATA_DIR: config.places.dataDir,
    SUPPORT_URL: config.supportUrl,
    ...(config.production
      ? clientsOf(config.env)
      : {
          ...clientSettings(clients),
          PROVIDER_ROUTES: JSON.stringify(
            routesTo({ http: sandbox, sftp: `sftp://127.0.0.1:${ports.sftp}` }, config.providerRoutes),
          ),
          EMBEDDED: "1",
        }),
  };
  const worker = {
    ...base,
    ...outside,
    DATABASE_URL: asRole(ownerUrl, "headwater_worker", passwords.WORKER_ROLE_PASSWORD),
    VAULT_PUBLIC_KEY_FILE: vault.publicKeyFile,
    VAULT_PRIVATE_KEY_FILE: vault.privateKeyFile,
  };
  // Its address holds a password: the one process that sends mails is given it.
  const mails = config.smtpUrl ? { SMTP_URL: config.smtpUrl } : {};
  return {
    ownerUrl,
    migrate: { ...base, DATABASE_URL: ownerUrl, ...passwords },
    demo: { ...base, DATABASE_URL: ownerUrl, DEMO_PASSWORD: secrets.demo },
    sandbox: {
      ...base,
      SANDBOX_PORT: String(ports.sandbox),
      SANDBOX_SFTP_PORT: String(ports.sftp),
      SANDBOX_DATA_DIR: join(config.places.dataDir, "sandbox"),
      SANDBOX_CLIENTS: JSON.stringify(
        Object.fromEntries(
          Object.entries(clients).map(([platform, client]) => [
            platform,
            { ...client, redirectUris: [`${config.publicUrl}/oauth/${platform}/callback`] },
          ]),
        ),
      ),
      APP_URL: config.publicUrl,
      SANDBOX_WEBHOOK_URL: `${config.publicUrl}/webhooks`,
    },
    lifecycle: { ...worker, HEALTH_PORT: String(ports.lifecycle), ...mails },
    load: { ...worker, HEALTH_PORT: String(ports.load) },
    api: {
      ...base,
      ...outside,
      DATABASE_URL: asRole(ownerUrl, "headwater_api", passwords.API_ROLE_PASSWORD),
      VAULT_PUBLIC_KEY_FILE: vault.publicKeyFile,
      AUTH_SECRET: config.authSecret ?? secrets.authSecret,
      PORT: String(ports.app),
      HOST: config.host,
      WEB_DIST: webDist,
    },
  };
}

/** @param {StartConfig['env']} env */
const clientsOf = (env) => Object.fromEntries(Object.entries(env).filter(([key]) => key.endsWith("_CLIENT_SECRET")));

/** @param {string} file inside the checkout */
export const programOf = (file) => join(checkout, file);
