import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readServerConfig } from "./config.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "headwater-config-"));
  writeFileSync(join(folder, "key"), "public key\n");
});
afterAll(() => rmSync(folder, { recursive: true }));

const least = () => ({
  DATABASE_URL: "postgres://a@127.0.0.1/b",
  AUTH_SECRET: "x".repeat(64),
  VAULT_PUBLIC_KEY_FILE: join(folder, "key"),
});

test("the least that is needed, and what follows from it", () => {
  const config = readServerConfig({
    ...least(),
    SHOPIFY_CLIENT_ID: "id",
    SHOPIFY_CLIENT_SECRET: "secret",
    GOOGLE_ADS_CLIENT_ID: "alone",
    EMBEDDED: "1",
    TEMPORAL_TLS: "true",
  });
  expect(config).toMatchObject({
    port: 4000,
    host: "127.0.0.1",
    publicUrl: null,
    vaultPublicKey: "public key",
    isEmbedded: true,
    isProduction: false,
    costFileMegabytes: 20,
  });
  expect(readServerConfig({ ...least(), COST_FILE_MB: "10240" }).costFileMegabytes).toBe(10_240);
  expect([...config.apps]).toEqual([["shopify", { clientId: "id", clientSecret: "secret" }]]);
  expect(config.temporalEnvironment).toMatchObject({ TEMPORAL_ADDRESS: "127.0.0.1:7233", TEMPORAL_TLS: "true" });
});

test("every wrong value is told at once", () => {
  const read = () =>
    readServerConfig({
      DATABASE_URL: "mysql://x",
      AUTH_SECRET: "short",
      PORT: "port",
      PROVIDER_ROUTES: "no json",
      VAULT_PUBLIC_KEY_FILE: join(folder, "gone"),
    });
  for (const name of ["DATABASE_URL", "AUTH_SECRET", "PORT", "PROVIDER_ROUTES", "VAULT_PUBLIC_KEY_FILE"])
    expect(read).toThrow(name);
});

test("proxies that are believed are addresses or ranges", () => {
  expect(readServerConfig({ ...least(), TRUSTED_PROXIES: "10.0.0.0/8, fd00::/8 127.0.0.1" }).trustedProxies).toEqual([
    "10.0.0.0/8",
    "fd00::/8",
    "127.0.0.1",
  ]);
  for (const wrong of ["everybody", "10.0.0.0/33", "10.0.0.0/8/8"])
    expect(() => readServerConfig({ ...least(), TRUSTED_PROXIES: wrong })).toThrow("TRUSTED_PROXIES");
});

test("production refuses stand-ins and is never embedded", () => {
  const routes = { PROVIDER_ROUTES: '{"*.myshopify.com":"http://127.0.0.1:4001"}' };
  expect(readServerConfig({ ...least(), ...routes }).providerRoutes.size).toBe(1);
  expect(() => readServerConfig({ ...least(), ...routes, PUBLIC_URL: "https://app.example" })).toThrow(
    "PROVIDER_ROUTES",
  );
  expect(() => readServerConfig({ ...least(), ...routes, NODE_ENV: "production" })).toThrow("PROVIDER_ROUTES");
  const real = { ...least(), PUBLIC_URL: "https://app.example", PAYLOAD_KEYS_FILE: join(folder, "key") };
  expect(readServerConfig({ ...real, EMBEDDED: "1" }).isEmbedded).toBe(false);
});

test("production seals what Temporal keeps", () => {
  expect(() => readServerConfig({ ...least(), PUBLIC_URL: "https://app.example" })).toThrow("PAYLOAD_KEYS_FILE");
});

const https = "https://app.example";

test.each([
  ["production without an address", { NODE_ENV: "production" }, "PUBLIC_URL"],
  ["production over http", { NODE_ENV: "production", PUBLIC_URL: "http://localhost:4000" }, "PUBLIC_URL"],
  ["http beyond this machine", { PUBLIC_URL: "http://10.0.0.5:4000" }, "PUBLIC_URL"],
  ["http on a name that only looks like this machine", { PUBLIC_URL: "http://localhost.example" }, "PUBLIC_URL"],
  ["every interface without TLS", { HOST: "0.0.0.0" }, "HOST"],
  ["every interface, http on this machine", { HOST: "::", PUBLIC_URL: "http://localhost:4000" }, "HOST"],
])("%s is refused by name", (_, env, named) => {
  expect(() => readServerConfig({ ...least(), ...env })).toThrow(named);
});

test.each([
  {},
  { HOST: "::1", PUBLIC_URL: "http://[::1]:4000" },
  { HOST: "localhost", PUBLIC_URL: "http://shop.localhost:4000" },
  { HOST: "127.0.0.2", PUBLIC_URL: "http://127.8.0.1" },
  { HOST: "0.0.0.0", PUBLIC_URL: https },
  { NODE_ENV: "production", PUBLIC_URL: https },
])("reached over TLS, or from this machine alone: %o", (env) => {
  const keys = { PAYLOAD_KEYS_FILE: join(folder, "key") };
  expect(readServerConfig({ ...least(), ...keys, ...env }).isProduction).toBe(
    "PUBLIC_URL" in env && env.PUBLIC_URL === https,
  );
});
