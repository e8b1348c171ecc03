// What RFC 9700 asks of a client, read from the code of every platform that has a folder.
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { connectorByPlatform } from "./connectors.ts";

/** O8. What we ask for, by platform, and whether it must be granted: a change of this table is a change of what merchants are asked. */
const SCOPES: Readonly<Record<string, Readonly<Record<string, boolean>>>> = {
  "custom-costs": {},
  klaviyo: { "accounts:read": true, "metrics:read": true, "campaigns:read": false, "flows:read": false },
  "meta-ads": { ads_read: true },
  "sample-ads": {},
  "sample-store": {},
  shopify: {
    read_orders: true,
    read_all_orders: false,
    read_customers: false,
    read_inventory: false,
    read_products: false,
  },
};

test("O8: these scopes are asked for and no others, by name", () => {
  const asked = Object.fromEntries(
    [...connectorByPlatform].map(([platform, { catalog }]) => [
      platform,
      Object.fromEntries(catalog.scopes.map(({ scope, required }) => [scope, required])),
    ]),
  );
  expect(asked).toEqual(SCOPES);
});

const oauths = [...connectorByPlatform].flatMap(([platform, { authorization }]) =>
  authorization.kind === "oauth" ? [{ platform, authorization }] : [],
);
const client = { clientId: "app", clientSecret: "canary-secret", redirectUri: "https://app.example/oauth/x/callback" };

test.each(oauths)(
  "O3, O5, O9: $platform is asked for a code, to be brought to one address, and told no secret",
  (one) => {
    const { authorization } = one;
    const typed = authorization.readTyped({ shop: "tea" });
    const address = authorization.consentAddress({
      client,
      params: typed.ok ? typed.params : {},
      state: "s".repeat(64),
      codeChallenge: authorization.pkce ? "c".repeat(43) : null,
      scopes: [],
    });
    expect(address.protocol).toBe("https:");
    expect([address.username, address.password, address.hash, address.port]).toEqual(["", "", "", ""]);
    expect(address.searchParams.getAll("redirect_uri")).toEqual([client.redirectUri]);
    expect(address.searchParams.getAll("state")).toEqual(["s".repeat(64)]);
    expect(["code", null]).toContain(address.searchParams.get("response_type"));
    expect(address.searchParams.get("response_mode")).not.toBe("fragment");
    expect(address.href).not.toContain("canary");
    if (authorization.pkce) expect(address.searchParams.get("code_challenge_method")).toBe("S256");
  },
);

test("O5, O12: no way to tokens but a code and its renewal, and no address for tokens that an answer gave us", () => {
  const folder = new URL("./", import.meta.url);
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter(
    (name) => name.endsWith(".ts") && !/\.test\.ts$|\.suite\.ts$|(^|\/)testing\/|^node_modules\//.test(name),
  );
  const texts = files.map((name) => [name, readFileSync(new URL(name, folder), "utf8")] as const);
  expect(texts.length).toBeGreaterThan(50);
  const others =
    /grant_type["':=\s]+password|["']password["']\s*(as|,)\s*.*grant|response_type["',:=\s]+["']?(token|id_token)|token_endpoint\s*[:=]\s*(await|body|answer)|discoveryRequest|openid-configuration/i;
  expect(texts.filter(([, text]) => others.test(text)).map(([name]) => name)).toEqual([]);
});
