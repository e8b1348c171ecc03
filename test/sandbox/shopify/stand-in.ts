// Shopify's surfaces behind one door: which host and path leads to which answer.
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { GraphQLError } from "graphql";
import type { Clock } from "../clock.ts";
import type { SandboxConfig } from "../config.ts";
import { html, page } from "../html.ts";
import { json, pageAnswer, readFields, type Answer, type Incoming } from "../http.ts";
import type { Ledger } from "../ledger.ts";
import type { Store } from "../store.ts";
import { accessCheck, grantOf } from "./admin/access.ts";
import { answerAdmin, type AdminRequest, type Engine } from "./admin/answer.ts";
import { openBucket, type CostBucket } from "./admin/bucket.ts";
import type { AdminContext } from "./admin/context.ts";
import { OrderNode } from "./admin/order-node.ts";
import { rootFields } from "./admin/root.ts";
import { loadAdminSchema } from "./admin/schema.ts";
import type { Warning } from "./admin/search.ts";
import { judgeLink, storageHost } from "./bulk/links.ts";
import { runBulk, type BulkTempo, type Reading } from "./bulk/run.ts";
import type { BulkServices } from "./bulk/operations.ts";
import { answerAuthorize } from "./oauth/authorize.ts";
import { installOf, judgeAccess, uninstall } from "./oauth/installs.ts";
import { answerToken, type TokenReply } from "./oauth/token.ts";
import type { Shop, ShopCondition } from "./seed/shop.ts";
import { openWorld, type World } from "./seed/world.ts";
import { openDeliveries, type Deliveries } from "./webhooks/deliveries.ts";

export interface StandIn {
  readonly world: World;
  readonly deliveries: Deliveries;
  readonly services: BulkServices;
  tempo: BulkTempo;
  customerLevel: 0 | 1 | 2;
  owns(host: string): boolean;
  bucketOf(shop: Shop): CostBucket;
  answer(
    incoming: Incoming,
  ): Promise<Answer & { readonly operation: string; readonly shop: Shop | null; readonly whole?: () => void }>;
  close(): void;
}

type Result = Awaited<ReturnType<StandIn["answer"]>>;

const pinned = "2026-10";
const supported = ["2026-01", "2026-04", "2026-07", "2026-10", "2027-01", "unstable"];

/** A retired version falls forward to the oldest one that still lives. */
const answeredVersion = (asked: string): string =>
  supported.includes(asked) ? asked : asked < pinned ? (supported[0] ?? pinned) : pinned;

const closedAnswers: Record<Exclude<ShopCondition, "open">, { status: number; errors: string }> = {
  frozen: { status: 402, errors: "Unavailable Shop" },
  locked: { status: 423, errors: "This shop is unavailable" },
  closed: { status: 404, errors: "Not Found" },
  fraudulent: { status: 403, errors: "User does not have access" },
};

const deadToken = "[API] Invalid API key or access token (unrecognized login or wrong password)";
const lastingToken =
  "[API] Non-expiring access tokens are no longer accepted for the Admin API. Start using expiring offline tokens.";

function tokenAnswer(reply: TokenReply, accept: string): Answer {
  if (reply.status === 200 || accept.includes("json"))
    return json(reply.status, reply.body, { "cache-control": "no-store" });
  // Errors come as a page unless the caller names json: seen in recordings of live shops.
  const said = String(reply.body["error_description"] ?? reply.body["error"]);
  return pageAnswer(
    reply.status,
    page({
      title: "Oauth error",
      isNarrow: true,
      body: html`<h1>Oauth error ${String(reply.body["error"])}</h1>
        <p>${said}</p>`,
    }),
  );
}

function readAdminRequest(body: string): AdminRequest | null {
  try {
    const parsed: unknown = JSON.parse(body);
    if (
      typeof parsed !== "object" ||
      parsed === null ||
      !("query" in parsed) ||
      typeof parsed.query !== "string" ||
      parsed.query.trim() === ""
    )
      return null;
    const variables =
      "variables" in parsed && typeof parsed.variables === "object" && parsed.variables !== null
        ? { ...parsed.variables }
        : {};
    return {
      query: parsed.query,
      variables,
      operationName:
        "operationName" in parsed && typeof parsed.operationName === "string" ? parsed.operationName : null,
    };
  } catch {
    return null;
  }
}

export interface StandInOptions {
  readonly config: SandboxConfig;
  readonly store: Store;
  readonly clock: Clock;
  readonly ledger: Ledger;
}

export function openStandIn({ config, store, clock, ledger }: StandInOptions): StandIn {
  const world = openWorld(store, clock, { live: config.live, seed: config.seed });
  const declaredUrl = config.webhookUrl === null ? null : `${config.webhookUrl}/shopify`;
  const domainOf = (id: number): string => world.shops().find((shop) => shop.id === id)?.seed.domain ?? "";
  const deliveries = openDeliveries({ store, clock, client: config.shopify, declaredUrl, domainOf });
  const buckets = new Map<string, CostBucket>();
  let engine: Engine | null = null;
  const openEngine = (): Engine => {
    if (engine) return engine;
    const admin = loadAdminSchema(store.dataDir);
    engine = { admin, check: accessCheck(admin.rules), roots: rootFields(services) };
    return engine;
  };
  const services: BulkServices = {
    store,
    clock,
    client: config.shopify,
    engine: openEngine,
    announce: (shop, topic, payload) => deliveries.announce(shop, topic, payload),
    begin: (id, context) =>
      void runBulk(services, id, context, standIn.tempo).catch((error: unknown) =>
        process.stderr.write(`bulk operation ${id}: ${String(error)}\n`),
      ),
  };

  function contextFor(
    shop: Shop,
    scopes: readonly string[],
    note: AdminContext["note"],
    warn: AdminContext["warn"],
  ): AdminContext {
    const context: AdminContext = {
      store,
      clock,
      client: config.shopify,
      shop,
      grant: grantOf(scopes, standIn.customerLevel),
      isBulk: false,
      now: clock.nowSeconds(),
      note,
      warn,
      orderNode: (state) => new OrderNode(state, context),
    };
    return context;
  }

  async function answerGraphql(incoming: Incoming, shop: Shop, version: string): Promise<Result> {
    const named = (answer: Answer, operation: string): Result => ({ ...answer, operation, shop });
    const headers = { "x-shopify-api-version": answeredVersion(version), "x-request-id": incoming.requestId };
    if (incoming.method !== "POST") return named(json(405, { errors: "Method Not Allowed" }, headers), "graphql");
    const verdict = judgeAccess(services, shop.id, incoming.headers["x-shopify-access-token"]);
    if (verdict === "dead") return named(json(401, { errors: deadToken }, headers), "graphql");
    if (verdict === "lasting") return named(json(403, { errors: lastingToken }, headers), "graphql");
    const request = (incoming.headers["content-type"] ?? "").includes("json") ? readAdminRequest(incoming.body) : null;
    if (!request)
      return named(json(400, { errors: { query: "Required parameter missing or invalid" } }, headers), "graphql");
    await shop.ready();
    shop.catchUp();
    const reading: [Parameters<AdminContext["note"]>[0], number, number][] = [];
    const warnings: object[] = [];
    const warn = (field: string, query: string, found: readonly Warning[]): void =>
      void warnings.push({ path: [field], query, warnings: found });
    const context = contextFor(
      shop,
      installOf(services, shop.id)?.scopes ?? [],
      (...record) => void reading.push(record),
      warn,
    );
    const answered = answerAdmin(openEngine(), request, context, standIn.bucketOf(shop));
    const extensions = {
      ...(answered.body["extensions"] as object | undefined),
      ...(warnings.length > 0 ? { search: warnings } : {}),
    };
    const body = Object.keys(extensions).length > 0 ? { ...answered.body, extensions } : answered.body;
    return {
      ...named(json(200, body, headers), answered.operation),
      whole: () => ledger.served(incoming.requestId, shop.id, reading),
    };
  }

  async function answerShop(incoming: Incoming, shop: Shop): Promise<Result> {
    const plain = (answer: Answer, operation: string): Result => ({ ...answer, operation, shop });
    const condition = shop.condition();
    if (condition !== "open")
      return plain(json(closedAnswers[condition].status, { errors: closedAnswers[condition].errors }), "closed shop");
    const { path, method } = incoming;
    if (path === "/admin/oauth/authorize")
      return plain(await answerAuthorize(services, world, shop, incoming), "authorize");
    if (path === "/admin/oauth/access_token" && method === "POST") {
      const reply = answerToken(services, shop, readFields(incoming) ?? {});
      return plain(tokenAnswer(reply, incoming.headers["accept"] ?? ""), `token ${reply.grant}`);
    }
    const version = /^\/admin\/api\/([a-z0-9-]+)\/graphql\.json$/.exec(path)?.[1];
    if (version !== undefined) return answerGraphql(incoming, shop, version);
    const isGood = judgeAccess(services, shop.id, incoming.headers["x-shopify-access-token"]) !== "dead";
    if (path === "/admin/oauth/access_scopes.json") {
      if (!isGood) return plain(json(401, { errors: deadToken }), "access scopes");
      return plain(
        json(200, { access_scopes: (installOf(services, shop.id)?.scopes ?? []).map((handle) => ({ handle })) }),
        "access scopes",
      );
    }
    if (path === "/admin/api_permissions/current.json" && method === "DELETE") {
      if (!isGood) return plain(json(401, { errors: deadToken }), "revoke");
      uninstall(services, shop, clock.nowSeconds());
      return plain(json(200, {}), "revoke");
    }
    return plain(json(404, { errors: "Not Found" }), "unknown");
  }

  async function answerStorage(incoming: Incoming): Promise<Result> {
    const said = (status: number, code: string): Result => ({
      status,
      headers: { "content-type": "application/xml; charset=UTF-8" },
      operation: "bulk download",
      shop: null,
      body: Buffer.from(
        `<?xml version='1.0' encoding='UTF-8'?><Error><Code>${code}</Code><Message>${code}</Message></Error>`,
      ),
    });
    if (incoming.headers["x-shopify-access-token"] !== undefined || incoming.headers["authorization"] !== undefined) {
      store.writeSetting("tokensLeaked", String(Number(store.readSetting("tokensLeaked") ?? 0) + 1));
      return said(400, "AuthenticationRequired");
    }
    const verdict = judgeLink(config.shopify.clientSecret, incoming.path, incoming.query, clock.nowMs());
    if (verdict.kind !== "good")
      return said(
        verdict.kind === "expired" ? 400 : 403,
        verdict.kind === "expired"
          ? "ExpiredToken"
          : verdict.kind === "forged"
            ? "SignatureDoesNotMatch"
            : "AccessDenied",
      );
    const row = store.first("select shop, reading from bulk_operations where file = ?", verdict.file);
    const shop = world.shops().find((each) => each.id === Number(row?.["shop"])) ?? null;
    const path = join(store.dataDir, "bulk", verdict.file);
    const { size } = await stat(path);
    // Written by `finish` of bulk/run.ts.
    const reading = JSON.parse(
      Buffer.from((row?.["reading"] as Uint8Array | null) ?? Buffer.from("[]")).toString("utf8"),
    ) as Reading;
    return {
      status: 200,
      headers: { "content-type": "application/jsonl", "content-length": String(size) },
      body: createReadStream(path),
      operation: "bulk download",
      shop,
      whole: () => (shop ? ledger.served(incoming.requestId, shop.id, reading) : undefined),
    };
  }

  const standIn: StandIn = {
    world,
    deliveries,
    services,
    tempo: { createdMs: 150, runningMs: 150 },
    customerLevel: 1,
    owns: (host) => host === storageHost || host === "admin.shopify.com" || host.endsWith(".myshopify.com"),
    bucketOf(shop) {
      const known = buckets.get(shop.seed.domain);
      if (known) return known;
      const made = openBucket(shop.seed.plan, () => Date.now());
      buckets.set(shop.seed.domain, made);
      return made;
    },
    async answer(incoming) {
      if (incoming.host === storageHost) return answerStorage(incoming);
      const shop = world.byDomain(incoming.host);
      if (!shop) return { ...json(404, { errors: "Not Found" }), operation: "unknown shop", shop: null };
      try {
        return await answerShop(incoming, shop);
      } catch (error) {
        if (!(error instanceof GraphQLError)) throw error;
        return {
          ...json(200, { errors: [{ message: error.message, extensions: error.extensions }] }),
          operation: "graphql",
          shop,
        };
      }
    },
    close: () => deliveries.close(),
  };

  resumeBulk(services, world, contextFor);
  return standIn;
}

/** Operations that a stopped process left half way begin again. */
function resumeBulk(
  services: BulkServices,
  world: World,
  contextFor: (
    shop: Shop,
    scopes: readonly string[],
    note: AdminContext["note"],
    warn: AdminContext["warn"],
  ) => AdminContext,
): void {
  for (const row of services.store.all(
    `select id, shop from bulk_operations where status in ('CREATED', 'RUNNING', 'CANCELING')`,
  )) {
    const shop = world.shops().find((each) => each.id === Number(row["shop"]));
    if (!shop) continue;
    services.store.run(
      `update bulk_operations set status = 'CREATED', object_count = 0, root_count = 0 where id = ? and status = 'RUNNING'`,
      Number(row["id"]),
    );
    const scopes = installOf(services, shop.id)?.scopes ?? [];
    queueMicrotask(() =>
      services.begin(
        Number(row["id"]),
        contextFor(
          shop,
          scopes,
          () => undefined,
          () => undefined,
        ),
      ),
    );
  }
}
