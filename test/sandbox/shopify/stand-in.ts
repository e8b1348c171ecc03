// Shopify's stand-in: which names it answers for, and what it keeps between requests.
import type { Clock } from "../clock.ts";
import type { SandboxConfig } from "../config.ts";
import { json, type Incoming } from "../http.ts";
import type { Ledger } from "../ledger.ts";
import type { Store } from "../store.ts";
import { accessCheck } from "./admin/access.ts";
import type { Engine } from "./admin/answer.ts";
import { openBucket, type CostBucket } from "./admin/bucket.ts";
import { rootFields } from "./admin/root.ts";
import { loadAdminSchema } from "./admin/schema.ts";
import { storageHost } from "./bulk/links.ts";
import type { BulkServices } from "./bulk/operations.ts";
import { runBulk } from "./bulk/run.ts";
import { answerDownload } from "./download.ts";
import { contextFor } from "./graphql-surface.ts";
import type { Shop } from "./seed/shop.ts";
import { openWorld } from "./seed/world.ts";
import { answerShop } from "./shop-surface.ts";
import type { Served, Surface } from "./surface.ts";
import { openDeliveries, type Deliveries } from "./webhooks/deliveries.ts";

export interface StandIn extends Surface {
  readonly deliveries: Deliveries;
  owns(host: string): boolean;
  answer(incoming: Incoming): Promise<Served>;
  close(): void;
}

export interface StandInOptions {
  readonly config: SandboxConfig;
  readonly store: Store;
  readonly clock: Clock;
  readonly ledger: Ledger;
  /** What the desk wants of the next bulk operation of a shop: an error code, or nothing. */
  readonly bulkFault: (shop: string) => string | null;
}

/** The schema is read when the first query comes, so that a start costs nothing. */
function lazyEngine(store: Store, services: () => BulkServices): () => Engine {
  let engine: Engine | null = null;
  return () => {
    if (engine) return engine;
    const admin = loadAdminSchema(store.dataDir);
    engine = { admin, check: accessCheck(admin.rules), roots: rootFields(services()) };
    return engine;
  };
}

/** Operations that a stopped process left half way begin again. */
function resumeBulk(surface: Surface): void {
  const { store } = surface.services;
  store.run(`update bulk_operations set status = 'CREATED', object_count = 0, root_count = 0 where status = 'RUNNING'`);
  for (const row of store.all(`select id, shop from bulk_operations where status in ('CREATED', 'CANCELING')`)) {
    const shop = surface.world.shops().find((each) => each.id === row["shop"]);
    const nothing = (): void => undefined;
    if (shop) surface.services.begin(Number(row["id"]), contextFor(surface, shop, nothing, nothing));
  }
}

export function openStandIn({ config, store, clock, ledger, bulkFault }: StandInOptions): StandIn {
  const world = openWorld(store, clock, { live: config.live, seed: config.seed });
  const deliveries = openDeliveries({
    store,
    clock,
    client: config.shopify,
    declaredUrl: config.webhookUrl === null ? null : `${config.webhookUrl}/shopify`,
    domainOf: (id) => world.shops().find((shop) => shop.id === id)?.seed.domain ?? "",
  });
  const buckets = new Map<string, CostBucket>();
  const stopping = new AbortController();
  const services: BulkServices = {
    store,
    clock,
    client: config.shopify,
    engine: lazyEngine(store, () => services),
    announce: (shop, topic, payload) => deliveries.announce(shop, topic, payload),
    begin(id, context) {
      const options = {
        tempo: () => standIn.tempo,
        signal: stopping.signal,
        fault: bulkFault(context.shop.seed.domain),
      };
      runBulk(services, id, context, options).catch((error: unknown) => {
        if (!stopping.signal.aborted) process.stderr.write(`bulk operation ${id}: ${String(error)}\n`);
      });
    },
  };
  const standIn: StandIn = {
    world,
    deliveries,
    services,
    ledger,
    tempo: { createdMs: 150, runningMs: 150, bytesPerSecond: 0 },
    customerLevel: 1,
    owns: (host) => host === storageHost || host === "admin.shopify.com" || host.endsWith(".myshopify.com"),
    bucketOf(shop: Shop) {
      const known = buckets.get(shop.seed.domain);
      if (known) return known;
      const made = openBucket(shop.seed.plan, () => Date.now());
      buckets.set(shop.seed.domain, made);
      return made;
    },
    async answer(incoming) {
      if (incoming.host === storageHost) return answerDownload(standIn, incoming);
      const shop = world.byDomain(incoming.host);
      return shop
        ? answerShop(standIn, incoming, shop)
        : { ...json(404, { errors: "Not Found" }), operation: "unknown shop", shop: null };
    },
    close() {
      stopping.abort();
      deliveries.close();
    },
  };
  resumeBulk(standIn);
  return standIn;
}
