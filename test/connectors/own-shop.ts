/** A shop at the stand-in with the real connector and real tables, begun and ended with the file of tests that it is of. */
import { makeOutbound } from "@headwater/connectors/outbound/guarded.ts";
import type { Outbound } from "@headwater/connectors/outbound/outbound.ts";
import { connector } from "@headwater/connectors/shopify/index.ts";
import { makeRig, type Rig } from "@headwater/workflows/load/testing/rig.ts";
import { afterAll, beforeAll, expect, inject } from "vitest";
import { startTestSandbox, type TestSandbox } from "../sandbox/testing.ts";

interface OwnShop {
  readonly sandbox: TestSandbox;
  readonly rig: Rig;
}

export function ownShop(domain: string, orders: number, spanDays = 100): OwnShop {
  let sandbox: TestSandbox;
  let outbound: Outbound;
  let rig: Rig;
  beforeAll(async () => {
    sandbox = await startTestSandbox({ live: "off" });
    await sandbox.desk("settings", { bulkCreatedMs: 10, bulkRunningMs: 10 });
    await sandbox.desk("shops", { domain, orders, spanDays, plan: "enterprise" });
    const origin = new URL(sandbox.origin);
    outbound = makeOutbound({
      routes: new Map([
        ["*.myshopify.com", origin],
        ["storage.googleapis.com", origin],
      ]),
    });
    const { access_token: accessToken } = await sandbox.install(domain);
    rig = await makeRig(inject("postgresUrl"), connector, {
      outbound,
      login: { key: domain, credential: { accessToken } },
    });
  });
  afterAll(async () => {
    await rig.close();
    await outbound.close();
    await sandbox.close();
  });
  return {
    get sandbox() {
      return sandbox;
    },
    get rig() {
      return rig;
    },
  };
}

export async function toItsEnd(work: () => Promise<{ readonly kind: string }>): Promise<void> {
  await expect.poll(async () => (await work()).kind).toBe("done");
}
