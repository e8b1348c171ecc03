import { describe, expect, test } from "vitest";
import { readStartConfig } from "./config.mjs";

const production = {
  PUBLIC_URL: "https://headwater.example",
  AUTH_SECRET: "x".repeat(32),
  VAULT_PUBLIC_KEY_FILE: "/keys/public",
  VAULT_PRIVATE_KEY_FILE: "/keys/private",
  API_ROLE_PASSWORD: "a",
  WORKER_ROLE_PASSWORD: "b",
  SMTP_URL: "smtps://mail.example",
  PAYLOAD_KEYS_FILE: "/keys/payloads",
};

const refusal = (env: Record<string, string>) => {
  try {
    readStartConfig(env);
    return "started";
  } catch (error) {
    return String(error);
  }
};

describe("settings", () => {
  test("nothing set: everything embedded, on loopback", () => {
    expect(readStartConfig({})).toMatchObject({
      port: 4000,
      host: "127.0.0.1",
      publicUrl: "http://localhost:4000",
      production: false,
      databaseUrl: undefined,
      temporalAddress: undefined,
    });
  });

  test("every wrong value is reported at once", () => {
    const said = refusal({
      PORT: "80",
      DATABASE_URL: "mysql://x",
      PROVIDER_ROUTES: "[",
      AUTH_SECRET: "short",
      PUBLIC_URL: "ftp://x",
    });
    for (const key of ["PORT", "DATABASE_URL", "PROVIDER_ROUTES", "AUTH_SECRET", "PUBLIC_URL"])
      expect(said).toContain(key);
  });

  test("a password in a wrong address is not repeated", () => {
    expect(refusal({ DATABASE_URL: "mysql://owner:hunter2@db" })).not.toContain("hunter2");
  });

  test("https makes it production, which takes real keys only", () => {
    const { PUBLIC_URL, ...keys } = production;
    const env = { PUBLIC_URL, ...keys };
    expect(readStartConfig(env).production).toBe(true);
    for (const key of Object.keys(keys)) {
      const without = Object.fromEntries(Object.entries(env).filter(([name]) => name !== key));
      expect(refusal(without)).toContain(key);
    }
  });

  test.each([
    ["production without an address", { ...production, NODE_ENV: "production", PUBLIC_URL: "" }, "PUBLIC_URL"],
    ["production over http", { ...production, NODE_ENV: "production", PUBLIC_URL: "http://localhost" }, "PUBLIC_URL"],
    ["http beyond this machine", { PUBLIC_URL: "http://10.0.0.5:4000" }, "PUBLIC_URL"],
    ["every interface without TLS", { HOST: "0.0.0.0" }, "HOST"],
  ])("%s is refused by name", (_, env, named) => {
    expect(refusal(env)).toContain(`- ${named}:`);
  });

  test.each([{ PUBLIC_URL: "http://127.0.0.1:4000" }, { HOST: "::1" }, { ...production, HOST: "0.0.0.0" }])(
    "over TLS, or on this machine alone, it starts: %o",
    (env) => {
      expect(readStartConfig(env)).toBeDefined();
    },
  );

  test("production refuses stand-ins for providers", () => {
    const routes = JSON.stringify({ "*.myshopify.com": "http://127.0.0.1:1" });
    expect(refusal({ ...production, PROVIDER_ROUTES: routes })).toContain("PROVIDER_ROUTES");
  });
});
