// Deliveries on their way: signed over the raw body, at least once, again with growing gaps until somebody answers 2xx.
import { randomUUID } from "node:crypto";
import type { Clock } from "../../clock.ts";
import type { Client } from "../../config.ts";
import type { Store } from "../../store.ts";
import { webhookHmac } from "../oauth/hmac.ts";
import type { Shop } from "../seed/shop.ts";

const attemptsMax = 8;

/** Topics that an app declares in its dashboard, not by a call. The end of an install it must ask for, shop by shop. */
const declared = new Set(["customers/data_request", "customers/redact", "shop/redact", "orders/delete"]);

export interface Deliveries {
  announce(shop: Shop, topic: string, payload: Readonly<Record<string, unknown>>): void;
  /** Sends one again, as the desk does for a replay; `secret` other than the app's own makes a forgery. */
  resend(id: string, secret: string): Promise<number>;
  close(): void;
}

export interface DeliveryServices {
  readonly store: Store;
  readonly clock: Clock;
  readonly client: Client;
  readonly declaredUrl: string | null;
  readonly domainOf: (shop: number) => string;
}

const topicName = (topic: string): string => topic.toUpperCase().replaceAll("/", "_");

async function post(
  services: DeliveryServices,
  row: Readonly<Record<string, unknown>>,
  secret: string,
): Promise<number> {
  const body = String(row["body"]);
  try {
    const response = await fetch(String(row["uri"]), {
      method: "POST",
      body,
      redirect: "manual",
      signal: AbortSignal.timeout(5_000),
      headers: {
        "content-type": "application/json",
        "user-agent": "Shopify-Captain-Hook",
        "x-shopify-topic": String(row["topic"]),
        "x-shopify-shop-domain": services.domainOf(Number(row["shop"])),
        "x-shopify-hmac-sha256": webhookHmac(body, secret),
        "x-shopify-webhook-id": String(row["id"]),
        "x-shopify-event-id": String(row["id"]),
        "x-shopify-api-version": "2026-10",
        "x-shopify-triggered-at": new Date(Number(row["triggered_at"]) * 1000).toISOString(),
      },
    });
    await response.body?.cancel();
    return response.status;
  } catch {
    // Nobody there, or nobody in time: counts as a failed attempt, to be tried again.
    return 0;
  }
}

function targets(services: DeliveryServices, shop: Shop, topic: string): string[] {
  const rows = services.store.all(
    "select uri from webhook_subscriptions where shop = ? and client = ? and topic = ? and deleted_at is null",
    shop.id,
    services.client.clientId,
    topicName(topic),
  );
  if (rows.length > 0) return rows.map((row) => String(row["uri"]));
  return services.declaredUrl !== null && declared.has(topic) ? [services.declaredUrl] : [];
}

export function openDeliveries(services: DeliveryServices): Deliveries {
  const { store } = services;
  let timer: NodeJS.Timeout | null = null;
  let isClosed = false;
  let isBusy = false;

  async function sendDue(): Promise<void> {
    if (isBusy || isClosed) return;
    isBusy = true;
    try {
      const due = store.all(
        "select * from webhook_deliveries where next_attempt_ms <= ? order by next_attempt_ms limit 20",
        Date.now(),
      );
      for (const row of due) {
        const status = await post(services, row, services.client.clientSecret);
        if (isClosed) return;
        const attempts = Number(row["attempts"]) + 1;
        const isDone = (status >= 200 && status < 300) || attempts >= attemptsMax;
        store.run(
          "update webhook_deliveries set attempts = ?, status = ?, next_attempt_ms = ?, delivered_ms = ? where id = ?",
          attempts,
          status,
          isDone ? null : Date.now() + 1000 * 2 ** attempts,
          status >= 200 && status < 300 ? Date.now() : null,
          String(row["id"]),
        );
      }
    } finally {
      isBusy = false;
    }
    schedule();
  }

  function schedule(): void {
    if (isClosed) return;
    if (timer) clearTimeout(timer);
    const next = store.first(
      "select min(next_attempt_ms) as at from webhook_deliveries where next_attempt_ms is not null",
    )?.["at"];
    if (next === null || next === undefined) return;
    timer = setTimeout(() => void sendDue(), Math.max(0, Number(next) - Date.now()));
    timer.unref();
  }

  schedule();
  return {
    announce(shop, topic, payload) {
      for (const uri of targets(services, shop, topic)) {
        store.run(
          "insert into webhook_deliveries (id, shop, topic, uri, body, triggered_at, next_attempt_ms) values (?, ?, ?, ?, ?, ?, ?)",
          randomUUID(),
          shop.id,
          topic,
          uri,
          JSON.stringify(payload),
          services.clock.nowSeconds(),
          Date.now(),
        );
      }
      schedule();
    },
    async resend(id, secret) {
      const row = store.first("select * from webhook_deliveries where id = ?", id);
      return row ? post(services, row, secret) : 404;
    },
    close() {
      isClosed = true;
      if (timer) clearTimeout(timer);
    },
  };
}
