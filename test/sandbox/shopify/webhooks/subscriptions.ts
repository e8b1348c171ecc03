// What the app asked to be told of.
import { isoSeconds } from "../../clock.ts";
import type { Row } from "../../store.ts";
import { gid, readGid, type AdminContext } from "../admin/context.ts";
import type { RootArguments } from "../admin/root-field.ts";
import { pageOfList, type Connection, type PageArguments } from "../admin/paging.ts";

const node = (row: Row): object => ({
  __typename: "WebhookSubscription",
  id: gid("WebhookSubscription", String(row["id"])),
  legacyResourceId: String(row["id"]),
  topic: row["topic"],
  uri: row["uri"],
  callbackUrl: row["uri"],
  format: row["format"],
  createdAt: isoSeconds(Number(row["created_at"])),
  updatedAt: isoSeconds(Number(row["created_at"])),
  includeFields: [],
  metafieldNamespaces: [],
  metafields: [],
  filter: null,
  name: null,
  apiVersion: { handle: "2026-10", displayName: "2026-10", supported: true },
  endpoint: { __typename: "WebhookHttpEndpoint", callbackUrl: row["uri"] },
});

const userError = (field: readonly string[], message: string): object => ({
  webhookSubscription: null,
  userErrors: [{ __typename: "UserError", field, message }],
});

/** https, but for a machine talking to itself. */
function whyNot(uri: string): string | null {
  if (!URL.canParse(uri)) return "Address is invalid";
  const url = new URL(uri);
  const isHere = ["127.0.0.1", "localhost", "[::1]"].includes(url.hostname);
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isHere))
    return `Address protocol ${url.protocol}// is not supported`;
  return null;
}

export function createSubscription(context: AdminContext, args: RootArguments): object {
  const asked = args.webhookSubscription;
  const topic = args.topic ?? "";
  const uri = asked?.uri ?? asked?.callbackUrl ?? "";
  const refused = whyNot(uri);
  if (refused !== null) return userError(["webhookSubscription", "uri"], refused);
  const { store, shop, client } = context;
  const same = store.first(
    "select id from webhook_subscriptions where shop = ? and client = ? and topic = ? and uri = ? and deleted_at is null",
    shop.id,
    client.clientId,
    topic,
    uri,
  );
  if (same) return userError(["webhookSubscription", "uri"], "Address for this topic has already been taken");
  store.run(
    "insert into webhook_subscriptions (shop, client, topic, uri, format, created_at) values (?, ?, ?, ?, ?, ?)",
    shop.id,
    client.clientId,
    topic,
    uri,
    asked?.format ?? "JSON",
    context.now,
  );
  const row = store.first("select * from webhook_subscriptions where id = last_insert_rowid()");
  return { webhookSubscription: row ? node(row) : null, userErrors: [] };
}

export function deleteSubscription(context: AdminContext, text: string): object {
  const id = readGid(text);
  const gone = id
    ? context.store.run(
        "update webhook_subscriptions set deleted_at = ? where id = ? and shop = ? and deleted_at is null",
        context.now,
        Number(id.id),
        context.shop.id,
      )
    : 0;
  if (gone === 0)
    return {
      deletedWebhookSubscriptionId: null,
      userErrors: [{ __typename: "UserError", field: ["id"], message: "Webhook subscription does not exist" }],
    };
  return { deletedWebhookSubscriptionId: text, userErrors: [] };
}

export function subscriptionPage(context: AdminContext, args: PageArguments): Connection<object> {
  const rows = context.store.all(
    "select * from webhook_subscriptions where shop = ? and client = ? and deleted_at is null order by id",
    context.shop.id,
    context.client.clientId,
  );
  return pageOfList(rows.map(node), args, context.isBulk);
}
