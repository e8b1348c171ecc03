// Which of an account's metrics make its message days. Klaviyo names them the same for everyone.
import { textOrNull, isFields, type Fields } from "../read-fields.ts";
import { makePageGuard } from "../protocol/page-guard.ts";
import { apiUrl, attributesOf, type Caller, dataOf, nextOf } from "./api.ts";

export type Metric = {
  readonly id: string;
  readonly name: string;
  readonly integration: string;
  readonly created: string;
};

/** What a metric counts, and on which channel; orders are credited to channels by the source. */
export type Measure = {
  readonly column: "orders" | "sends" | "opens" | "clicks" | "unsubscribes";
  readonly channel: string | null;
};

export const PLACED_ORDER = "Placed Order";
const KLAVIYO = "Klaviyo";
const UNSUBSCRIBED = "Unsubscribed from Email Marketing";
/** Its name before it was told apart from the one for SMS. */
const UNSUBSCRIBED_ONCE = "Unsubscribed";

export const measureByName: ReadonlyMap<string, Measure> = new Map<string, Measure>([
  [PLACED_ORDER, { column: "orders", channel: null }],
  ["Received Email", { column: "sends", channel: "email" }],
  ["Opened Email", { column: "opens", channel: "email" }],
  ["Clicked Email", { column: "clicks", channel: "email" }],
  [UNSUBSCRIBED_ONCE, { column: "unsubscribes", channel: "email" }],
  [UNSUBSCRIBED, { column: "unsubscribes", channel: "email" }],
  ["Received SMS", { column: "sends", channel: "sms" }],
  ["Clicked SMS", { column: "clicks", channel: "sms" }],
  ["Unsubscribed from SMS Marketing", { column: "unsubscribes", channel: "sms" }],
  ["Received Push", { column: "sends", channel: "push" }],
  ["Opened Push", { column: "opens", channel: "push" }],
]);

/**
 * Those that are read: orders of every store, and of messages Klaviyo's own alone, for what sent messages before or beside it
 * brings metrics of the same names. Where both names of one metric are there, the newer one, for nobody leaves twice.
 */
export function measured<M extends Pick<Metric, "name" | "integration">>(metrics: readonly M[]): M[] {
  const isTold = metrics.some(({ integration }) => integration === KLAVIYO);
  const own = metrics.filter(
    ({ name, integration }) => name === PLACED_ORDER || !isTold || ["", KLAVIYO].includes(integration),
  );
  const names = new Set(own.map(({ name }) => name));
  return own.filter(({ name }) => measureByName.has(name) && !(name === UNSUBSCRIBED_ONCE && names.has(UNSUBSCRIBED)));
}

export async function readMetrics(caller: Caller): Promise<Metric[]> {
  const metrics = new Map<string, Metric>();
  const guard = makePageGuard({ isFiltered: true });
  for (let url: string | null = apiUrl("metrics"); url !== null;) {
    const document: Fields = await caller({ url, endpoint: "metrics", scope: "metrics:read", purpose: "metrics" });
    const page = dataOf(document).flatMap(metricIn);
    const next = nextOf(document, url);
    if (guard({ ids: page.map(({ id }) => id), next }) === "again") continue;
    for (const metric of page) metrics.set(metric.id, metric);
    url = next;
  }
  return [...metrics.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

function metricIn(object: Fields): Metric[] {
  const id = textOrNull(object, "id");
  const attributes = attributesOf(object);
  const name = textOrNull(attributes, "name");
  if (id === null || id === "" || name === null) return [];
  const integration = attributes["integration"];
  const from = isFields(integration) ? (textOrNull(integration, "name") ?? "") : "";
  return [{ id, name, integration: from, created: textOrNull(attributes, "created") ?? "" }];
}
