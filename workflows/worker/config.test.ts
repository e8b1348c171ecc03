import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { LIMITS, limitsFor } from "../costs/limits.ts";
import { readWorkerConfig } from "./config.ts";

const folder = mkdtempSync(join(tmpdir(), "headwater-config-"));
const key = join(folder, "key");
writeFileSync(key, "a private key\n");
afterAll(() => rmSync(folder, { recursive: true }));

const given = {
  DATABASE_URL: "postgres://headwater_worker:x@127.0.0.1:4002/headwater",
  VAULT_PRIVATE_KEY_FILE: key,
} as const;

describe("a worker's settings", () => {
  test("have defaults but for the database and the vault's key", () => {
    const config = readWorkerConfig(given);
    expect(config).toMatchObject({ namespace: "headwater", vaultPrivateKey: "a private key", isProduction: false });
    expect(config.temporalEnvironment).toMatchObject({ TEMPORAL_ADDRESS: "127.0.0.1:7233" });
    expect(limitsFor(config.costFileMegabytes), "the contract's own").toEqual(LIMITS);
  });

  test("a larger file of costs has more rows, and unpacks to more", () => {
    const { costFileMegabytes } = readWorkerConfig({ ...given, COST_FILE_MB: "10240" });
    expect(limitsFor(costFileMegabytes)).toMatchObject({
      rawBytes: 10 * 2 ** 30,
      unpackedBytes: 25 * 2 ** 30,
      rows: 102_400_000,
    });
    expect(() => readWorkerConfig({ ...given, COST_FILE_MB: "0" })).toThrow("COST_FILE_MB");
  });

  test("an app of ours at a platform is an id and a secret; half of it is none", () => {
    const { clients } = readWorkerConfig({
      ...given,
      SHOPIFY_CLIENT_ID: "id",
      SHOPIFY_CLIENT_SECRET: "secret",
      META_ADS_CLIENT_ID: "half",
    });
    expect(clients).toEqual({ shopify: { clientId: "id", clientSecret: "secret" } });
  });

  test("Temporal's own settings go to its own library", () => {
    const { temporalEnvironment } = readWorkerConfig({ ...given, TEMPORAL_API_KEY: "k", TEMPORAL_TLS: "true" });
    expect(temporalEnvironment).toMatchObject({ TEMPORAL_API_KEY: "k", TEMPORAL_TLS: "true" });
  });

  test("every wrong value is named, in one message", () => {
    const wrong = { DATABASE_URL: "mysql://x", HEALTH_PORT: "70000", PROVIDER_ROUTES: "{" };
    const message = (() => {
      try {
        readWorkerConfig(wrong);
        return "";
      } catch (error) {
        return String(error);
      }
    })();
    for (const name of ["DATABASE_URL", "HEALTH_PORT", "PROVIDER_ROUTES", "VAULT_PRIVATE_KEY_FILE"])
      expect(message).toContain(name);
  });

  test("production seals what Temporal keeps", () => {
    const real = { ...given, PUBLIC_URL: "https://app.example" };
    expect(() => readWorkerConfig(real)).toThrow("PAYLOAD_KEYS_FILE");
    expect(readWorkerConfig({ ...real, PAYLOAD_KEYS_FILE: key })).toMatchObject({ payloadKeys: "a private key" });
  });

  test("production refuses to send merchants' traffic to a stand-in", () => {
    const routes = { PROVIDER_ROUTES: '{"*.myshopify.com":"http://127.0.0.1:4001"}' };
    expect(readWorkerConfig({ ...given, ...routes }).providerRoutes.size).toBe(1);
    expect(() => readWorkerConfig({ ...given, ...routes, NODE_ENV: "production" })).toThrow(/production/);
    expect(() => readWorkerConfig({ ...given, ...routes, PUBLIC_URL: "https://app.example" })).toThrow(/production/);
  });
});
