import { expect, test } from "vitest";
import { readStartConfig } from "./config.mjs";
import { demoOwner, welcome } from "./words.mjs";

const linesFor = (env: Record<string, string>) => {
  const config = readStartConfig(env);
  return welcome({ config, instance: { secrets: { demo: "made-up-password" } }, ports: { sandbox: config.port + 1 } })
    .split("\n")
    .map((line) => line.trim().replaceAll(/ +/g, " "));
};

test("a start ends with the app, the sign-in, the fault desk and the mailbox", () => {
  const lines = linesFor({ PORT: "4300" });
  expect(lines).toContain("Open http://localhost:4300");
  expect(lines).toContain(`sign in ${demoOwner}`);
  expect(lines).toContain("password made-up-password");
  expect(lines).toContain("Fault desk http://127.0.0.1:4301/");
  expect(lines).toContain("Mailbox http://localhost:4300/mailbox");
  expect(linesFor({ SMTP_URL: "smtp://127.0.0.1:2525" }).join(" ")).not.toContain("Mailbox");
});

test("a production start tells no sign-in, and has neither desk nor mailbox", () => {
  const lines = linesFor({
    PUBLIC_URL: "https://headwater.example",
    AUTH_SECRET: "x".repeat(32),
    VAULT_PUBLIC_KEY_FILE: "/keys/public",
    VAULT_PRIVATE_KEY_FILE: "/keys/private",
    API_ROLE_PASSWORD: "a",
    WORKER_ROLE_PASSWORD: "b",
    SMTP_URL: "smtps://mail.example",
    PAYLOAD_KEYS_FILE: "/keys/payloads",
  }).join(" ");
  expect(lines).toContain("https://headwater.example");
  expect(lines).not.toMatch(/password|desk|Mailbox/i);
});
