import { expect, test } from "vitest";
import { errorFacts, withoutSecrets } from "./log.ts";

test("secrets leave no trace in a line, by key and by shape, however deep", () => {
  const token = `hw_${"a".repeat(64)}_${"b".repeat(43)}_0123abcd`;
  const written = JSON.stringify(
    withoutSecrets({
      token: "canary",
      nested: { cookie: "canary", list: [`Bearer ${token}`, { hmac: "canary" }] },
      url: "/oauth/shopify/callback?code=canary&shop=x.myshopify.com&state=canary",
      text: `used ${token} and shpat_canarycanary for ananya@monsoonandmoss.in`,
      ...errorFacts(new Error("token shpca_canarycanary refused")),
    }),
  );
  expect(written).not.toMatch(/canary|monsoonandmoss\.in|hw_a/);
  expect(written).toContain("shop=x.myshopify.com");
});
