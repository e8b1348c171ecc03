// What every connector must keep, whatever its platform. `contract.test.ts` runs it for each folder.
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Connector } from "./contract.ts";
import type { PlatformId } from "./platforms.ts";
import { SourceFailure } from "./failure.ts";
import type { Outbound } from "./outbound/outbound.ts";
import { dayFrom } from "./records.ts";
import { scriptedAnswer } from "./testing/scripted.ts";
import { LANGUAGES, wordsIn } from "./testing/words.ts";

export function contractSuite(platform: PlatformId, connector: Connector): void {
  describe(platform, () => {
    catalogTests(platform, connector);
    wordTests(platform, connector);
    // Files: no pages, no requests and no credential of its own; what is in them is held by its own tests.
    if (connector.authorization.kind === "upload") return;
    streamTests(connector);
    // Sample data: as much of it, for it asks nobody anything.
    if (connector.authorization.kind === "none") return;
    useTests(platform, connector);
    requestTests(connector);
    authorizationTests(connector.authorization);
    if (connector.key !== undefined) describe("by a key", () => authorizationTests(connector.key));
  });
}

function catalogTests(platform: PlatformId, { catalog, authorization, key }: Connector): void {
  test("is in the catalog under its folder's name, ready, by the way that it offers first", () => {
    expect(catalog).toMatchObject({ platform, state: "ready" });
    expect(catalog.methods).toEqual([authorization.kind, ...(key === undefined ? [] : ["key"])]);
  });

  test("asks for nothing that could change anything at the source", () => {
    for (const { scope } of catalog.scopes) expect(scope).not.toMatch(/write|manage|admin|delete/i);
  });
}

function streamTests({ streams, catalog, choices = [] }: Connector): void {
  const scopes = new Map(catalog.scopes.map((use) => [use.scope, use]));
  const byName = new Map(streams.map((stream) => [stream.name, stream]));

  test("names each stream once, with pages of its own or with those of another", () => {
    expect(byName.size).toBe(streams.length);
    for (const { name, pages, carriedBy } of streams) {
      expect(pages === undefined, name).toBe(carriedBy !== undefined);
      if (carriedBy !== undefined) expect(byName.get(carriedBy)?.pages, `${name} by ${carriedBy}`).toBeDefined();
    }
  });

  test("needs only scopes that the catalog asks for, and a stream that must run only required ones", () => {
    for (const { name, needs, optional } of streams)
      for (const scope of needs) {
        expect(scopes.has(scope), `${name}: ${scope}`).toBe(true);
        if (!optional) expect(scopes.get(scope)?.required, `${name}: ${scope}`).toBe(true);
      }
  });

  test("lets people choose only what makes the days of a stream of its own", () => {
    const days = streams.filter(({ pages, window }) => pages !== undefined && window.history === "byTime");
    for (const { name, stream } of choices)
      expect(
        days.map((each) => each.name),
        name,
      ).toContain(stream);
    expect(new Set(choices.map(({ name }) => name)).size).toBe(choices.length);
  });

  test("yields the kinds that the catalog tells, all of them known", () => {
    const kinds = new Set(streams.flatMap((stream) => stream.kinds));
    for (const kind of kinds) expect(Object.keys(dayFrom)).toContain(kind);
    expect([...kinds].toSorted()).toEqual([...catalog.yields].toSorted());
  });

  test("has windows that make sense", () => {
    for (const { name, window } of streams) {
      expect(window.overlapMs, name).toBeGreaterThanOrEqual(0);
      expect(window.restatedDays, name).toBeGreaterThanOrEqual(0);
      if (window.longestMs !== null) expect(window.longestMs, name).toBeGreaterThan(0);
    }
  });
}

function useTests(platform: PlatformId, { catalog, streams, uses = {} }: Connector): void {
  test("says of every call that it makes, and of each scope that it asks for, which is used by which", () => {
    const purposes = new Set(catalog.scopes.map(({ purpose }) => purpose));
    const calls = callsIn(platform).filter((call) => !purposes.has(call));
    expect(calls.length).toBeGreaterThan(2);
    const known = Object.keys(uses);
    const isKnown = (call: string): boolean =>
      known.some(
        (name) =>
          name === call ||
          (name.endsWith(".") && call.startsWith(name)) ||
          (call.endsWith(".") && name.startsWith(call)),
      );
    expect(calls.filter((call) => !isKnown(call))).toEqual([]);
    const used = new Set(Object.values(uses).flat());
    expect([...catalog.scopes.map(({ scope }) => scope), ...streams.flatMap(({ needs }) => needs)]).toSatisfy(
      (scopes: string[]) => scopes.every((scope) => used.has(scope)),
    );
  });
}

const login = { key: "tea.myshopify.com", details: {} };

function requestTests({ hosts, sign, rate }: Connector): void {
  test("shows its credential to its own hosts only, and puts it into no address", () => {
    const { credential, open } = hosts(login);
    for (const host of [...credential, ...open]) expect(host).toMatch(/^(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)+$/);
    for (const host of credential) expect(open).not.toContain(host);
    const secrets = { accessToken: "canary-a", refreshToken: "canary-r", apiKey: "canary-k" };
    const before = { url: new URL(`https://${credential[0] ?? ""}/x?y=1`), headers: { accept: "application/json" } };
    const signed = sign(before, secrets, { clientId: "app", clientSecret: "canary-s" });
    expect(signed.url.href).not.toContain("canary");
    expect(signed.headers["accept"]).toBe("application/json");
    expect(JSON.stringify(signed.headers)).toContain("canary");
    expect(JSON.stringify(signed.headers)).not.toContain("canary-r");
    expect(JSON.stringify(signed.headers)).not.toContain("canary-s");
    expect(JSON.stringify(before.headers)).not.toContain("canary");
  });

  test("has a bucket that fills", () => {
    expect(rate.initial.maximum).toBeGreaterThan(0);
    expect(rate.initial.restorePerSecond).toBeGreaterThan(0);
    expect(rate.concurrency).toBeGreaterThanOrEqual(1);
    expect(rate.bucketKey(login, null)).not.toBe("");
  });
}

function authorizationTests(authorization: Connector["authorization"] | undefined): void {
  if (authorization === undefined || authorization.kind === "upload" || authorization.kind === "none") return;

  test("refuses what was not typed, by a code", () => {
    const needed = authorization.asks.filter((ask) => ask.required);
    if (needed.length === 0) return;
    const typed = authorization.readTyped({});
    expect(typed.ok).toBe(false);
    if (!typed.ok) expect(needed.map((ask) => ask.name)).toContain(typed.field);
  });

  if (authorization.kind === "key")
    test.each<[string, Outbound["send"]]>([
      ["the source refuses", () => Promise.resolve(scriptedAnswer({ status: 401, body: "{}" }))],
      ["nobody answers to", () => Promise.reject(new SourceFailure(silence))],
    ])("says by its checks that a key is one that %s, and shows it nowhere", async (_what, send) => {
      const outbound: Outbound = { send, browserAddress: String, close: () => Promise.resolve() };
      const params = Object.fromEntries(authorization.asks.map(({ name }) => [name, "canary-key"]));
      const signal = new AbortController().signal;
      const app = { clientId: "app", clientSecret: "hush" };
      const trial = await authorization.probe(outbound, { params, now: new Date(), signal, app });
      expect(trial.tokens).toBeNull();
      expect(trial.checks.filter(({ state }) => state === "failed")).toHaveLength(1);
      expect(JSON.stringify(trial)).not.toContain("canary");
      expect(authorization.asks.some(({ secret }) => secret)).toBe(true);
    });

  if (authorization.kind !== "oauth") return;
  const client = { clientId: "app", clientSecret: "hush", redirectUri: "https://app.example.com/oauth/x/callback" };

  test("refuses a callback that proves nothing", () => {
    for (const query of ["", "code=1&state=2", "code=1&state=2&hmac=3", "%", "&&&", "error=x"])
      expect(authorization.readCallback(query, client, new Date()).kind).not.toBe("granted");
  });

  test("says what becomes of a lost refresh wherever refresh tokens rotate", () => {
    if (authorization.rotates) expect(authorization.refresh).toBeDefined();
  });
}

const silence = { class: "transient", code: "outbound.network", said: "" } as const;

/** `shopify.storeFrozen` as it stands in the code of the folder. */
function codesIn(platform: PlatformId): string[] {
  const written = new RegExp(`"(${platform}\\.[a-zA-Z]+)"`, "g");
  return [...new Set([...codeIn(platform).matchAll(written)].map(([, code = ""]) => code))];
}

function codeIn(platform: PlatformId): string {
  const folder = new URL(`${platform}/`, import.meta.url);
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter(
    (name) => name.endsWith(".ts") && !name.endsWith(".test.ts"),
  );
  return files.map((name) => readFileSync(new URL(name, folder), "utf8")).join("\n");
}

/** Calls by their names in the ledger, as the code of the folder makes them; what is put together ends where it is cut. */
function callsIn(platform: PlatformId): string[] {
  return [...new Set([...codeIn(platform).matchAll(/purpose: ["`]([a-zA-Z.]+)/g)].map(([, name = ""]) => name))];
}

function wordTests(platform: PlatformId, { catalog, streams, choices = [], authorization, key }: Connector): void {
  const codes = [
    ...choices.flatMap(({ name }) => [`choice.${name}`, `choice.${name}.about`]),
    ...streams.flatMap(({ name }) => [`stream.${name}`, `stream.${name}.about`]),
    ...[...authorization.asks, ...(key?.asks ?? [])].map(({ name }) => `ask.${name}`),
    ...catalog.scopes.map(({ purpose }) => `scope.${purpose}`),
    ...(catalog.scopes.length === 0 ? [] : ["scope.remove"]),
    ...catalog.prerequisites.map((code) => `prerequisite.${code}`),
    ...catalog.powers.map((code) => `power.${code}`),
  ];

  test.each(LANGUAGES)("has words for all that it shows, in %s", (language) => {
    const words = new Set([...wordsIn(null, language).keys(), ...wordsIn(platform, language).keys()]);
    expect(codes.filter((code) => !words.has(code))).toEqual([]);
    const spoken = codesIn(platform).filter((code) => !words.has(`failure.${code}`) && !words.has(`notice.${code}`));
    expect(spoken).toEqual([]);
  });
}
