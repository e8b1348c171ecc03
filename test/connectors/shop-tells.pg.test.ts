/** What a shop tells us by itself, and whether it can be reached at all: the real connector, the stand-in, real tables. */
import { makeOutbound } from "@headwater/connectors/outbound/guarded.ts";
import type { Outbound } from "@headwater/connectors/outbound/outbound.ts";
import { connector } from "@headwater/connectors/shopify/index.ts";
import { makeRig, options, type Rig } from "@headwater/workflows/load/testing/rig.ts";
import { probeSource } from "@headwater/workflows/source/probe-source.ts";
import { registerWebhooks } from "@headwater/workflows/source/register-webhooks.ts";
import { createServer, type Server } from "node:http";
import { once } from "node:events";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { startTestSandbox, type TestSandbox } from "../sandbox/testing.ts";

const shop = "kathmandu-tea.myshopify.com";
const topics: string[] = [];
let sandbox: TestSandbox;
let outbound: Outbound;
let app: Server;
let rig: Rig;

beforeAll(async () => {
  app = createServer((request, response) => {
    topics.push(`${String(request.url)} ${String(request.headers["x-shopify-topic"])}`);
    request.resume().on("end", () => response.end());
  }).listen(0, "127.0.0.1");
  await once(app, "listening");
  const address = app.address();
  const appUrl = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
  sandbox = await startTestSandbox({ webhookUrl: `${appUrl}/declared` });
  outbound = makeOutbound({ routes: new Map([["*.myshopify.com", new URL(sandbox.origin)]]) });
  const { access_token: accessToken } = await sandbox.install(shop);
  rig = await makeRig(inject("postgresUrl"), connector, {
    outbound,
    login: { key: shop, credential: { accessToken } },
  });
  rig.deps.webhookAddressOf = (platform) => `${appUrl}/webhooks/${platform}`;
});
afterAll(async () => {
  await rig.close();
  await outbound.close();
  await sandbox.close();
  app.close();
});

const standing = async () => (await rig.owner`select webhooks from grants`)[0]?.["webhooks"];

test("the shop is asked once, however often we ask, and its own subscription brings the end of our access", async () => {
  await sandbox.desk("faults", { kind: "serverError", surface: "graphql", shop, count: 1 });
  const refused = await registerWebhooks(rig.deps, rig.ref, options());
  expect(refused).toMatchObject({ kind: "failed" });
  expect(await standing()).toMatchObject({ state: "failed", tries: 1 });
  for (let time = 0; time < 2; time += 1)
    expect(await registerWebhooks(rig.deps, rig.ref, options())).toEqual({ kind: "registered" });
  expect(await standing()).toMatchObject({ state: "registered", retryAt: null });
  await sandbox.desk(`shops/${shop}`, { action: "uninstall" });
  await expect.poll(() => topics).toEqual(["/webhooks/shopify app/uninstalled"]);
});

test("a platform that is down is down for the probe, and one that refuses us answers", async () => {
  const { access_token: accessToken } = await sandbox.install(shop);
  const up = await makeRig(inject("postgresUrl"), connector, {
    outbound,
    login: { key: shop, credential: { accessToken } },
  });
  try {
    expect(await probeSource(up.deps, up.ref, options())).toBe("answers");
    const { id } = await sandbox.desk("faults", { kind: "serverError", surface: "graphql", shop, count: 1_000 });
    expect(await probeSource(up.deps, up.ref, options())).toBe("down");
    await sandbox.desk("end-faults", { id });
    expect(await probeSource(up.deps, up.ref, options())).toBe("answers");
    await sandbox.desk(`shops/${shop}`, { action: "revoke" });
    expect(await probeSource(up.deps, up.ref, options())).toBe("answers");
  } finally {
    await up.close();
  }
});
