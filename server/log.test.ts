import { expect, test } from "vitest";
import { errorFacts, openLog } from "./log.ts";

test("secrets leave no trace in a line, by name and by shape, however deep", () => {
  const lines: string[] = [];
  const log = openLog("api", { write: (line) => lines.push(line) });
  const token = `hw_${"a".repeat(64)}_${"b".repeat(43)}_0123abcd`;
  log.error(`refused ${token}`, {
    token: "canary",
    nested: { cookie: "canary", list: [`Bearer ${token}`, { hmac: "canary" }] },
    url: "/oauth/shopify/callback?code=canary&shop=x.myshopify.com&state=canary",
    text: `used ${token} and shpat_canarycanary for ananya@monsoonandmoss.in`,
    ...errorFacts(new Error("token shpca_canarycanary refused")),
  });
  expect(lines).toHaveLength(1);
  expect(lines[0]).not.toMatch(/canary|monsoonandmoss\.in|hw_a/);
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({
    name: "api",
    url: expect.stringContaining("shop=x.myshopify.com"),
  });
});
