import { expect, test } from "vitest";
import { redacting, withoutNames, withoutShapes } from "./log-redaction.ts";

/** As a log does it. */
const line = (facts: object, message = ""): string =>
  redacting.hooks.streamWrite(JSON.stringify({ ...redacting.formatters.log(facts), msg: message }));

const random = "Zk3vQ9wX1aB7cD5eF2gH8iJ4kL6mN0pR";
const ourToken = `hw_${"0123456789abcdef".repeat(4)}_${random}${random.slice(0, 11)}_0a1b2c3d`;

test.each([
  ["a name", { password: "canary" }],
  ["a name in the middle of another", { newPassword: "canary", client_secret: "canary", "set-cookie": ["canary"] }],
  ["deep down", { request: { headers: [{ authorization: "canary" }] } }],
  ["a code of OAuth", { query: { code: "canary0123456789", state: "canary-1" } }],
  ["bytes", { body: Buffer.from("canary") }],
  ["a query", { url: "/oauth/shopify/callback?code=canary&shop=x.myshopify.com&hmac=canary" }],
  ["an address with a password", { url: "postgres://owner:canary@127.0.0.1/headwater" }],
  ["a header in a text", { said: "sent Authorization: Bearer canary.canary" }],
  ["a platform's token", { said: "shpat_canarycanary was refused" }],
  ["a person", { said: "no such user canary@monsoonandmoss.in" }],
  ["what an error carries", { err: Object.assign(new Error("failed"), { parameters: ["canary"], detail: "canary" }) }],
  ["an error's message", { err: new Error("shpca_canarycanary") }],
  ["an error's cause", { err: new Error("outer", { cause: new Error("code=canary") }) }],
])("%s leaves no trace", (_, facts) => {
  const written = line(facts);
  expect(written).not.toContain("canary");
  expect(() => void JSON.parse(written)).not.toThrow();
});

test("neither does a value that is long and random, nor a token of ours, in a message either", () => {
  expect(line({}, `got ${random} and ${ourToken}, "quoted ${random}"`)).not.toMatch(/Zk3v|hw_/);
});

test("what somebody needs to find the trouble stays", () => {
  const facts = {
    code: "shopify.trouble",
    state: "running",
    sqlstate: { code: "40P01" },
    tokens: 12,
    run: "0197e5a1-7a3c-7bbb-8a58-0123456789ab:sync:7",
    workflow: "datasource-0197e5a1-7a3c-7bbb-8a58-0123456789ab",
    shop: "ten-thousand.myshopify.com",
    url: "/oauth/shopify/callback?shop=x.myshopify.com",
    at: new Date(0),
  };
  expect(JSON.parse(line(facts, "credential renewed"))).toEqual({
    ...facts,
    at: "1970-01-01T00:00:00.000Z",
    msg: "credential renewed",
  });
  const { err } = withoutNames({ err: new TypeError("no such column") });
  expect(err).toMatchObject({ type: "TypeError", message: "no such column" });
  const place = "    at read (file:///srv/headwater/workflows/connectors/shopify/webhooks.ts:31:48)";
  expect(withoutShapes(place)).toBe(place);
});

test("a circle ends", () => {
  const circle: Record<string, unknown> = {};
  circle["self"] = circle;
  expect(line(circle)).toContain("[deep]");
});
