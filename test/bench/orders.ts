/** Shopify-shaped orders, each made from its number and the seed alone: any page can be made again, none is held in memory. */

export interface Shape {
  count: number;
  seed: number;
  /** The history that the orders are spread over, oldest first. */
  from: number;
  to: number;
}

const SKUS = 400;

/** A number in [0, 2^32) for this order and purpose. */
function dice(seed: number, index: number, salt: number): number {
  let hash = (seed ^ Math.imul(index + 1, 0x9e3779b1) ^ Math.imul(salt + 1, 0x85ebca6b)) >>> 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x7feb352d) >>> 0;
  hash = Math.imul(hash ^ (hash >>> 15), 0x846ca68b) >>> 0;
  return (hash ^ (hash >>> 16)) >>> 0;
}

export const createdMs = ({ count, from, to }: Shape, index: number): number =>
  Math.floor((from + ((to - from) * index) / count) / 1000) * 1000;

const cents = (units: number): string => `${Math.floor(units / 100)}.${String(units % 100).padStart(2, "0")}`;
const money = (units: number): string => `{"shopMoney":{"amount":"${cents(units)}","currencyCode":"EUR"}}`;

export interface OrderFacts {
  id: string;
  updatedAt: string;
  totalCents: number;
}

interface Sold {
  quantity: number;
  priceCents: number;
  sku: number;
}

function soldIn(shape: Shape, index: number): Sold[] {
  const lines = 1 + (dice(shape.seed, index, 1) % 3);
  return Array.from({ length: lines }, (_, at) => ({
    quantity: 1 + (dice(shape.seed, index, 10 + at) % 3),
    priceCents: 500 + (dice(shape.seed, index, 20 + at) % 12_000),
    sku: dice(shape.seed, index, 30 + at) % SKUS,
  }));
}

const grossOf = (sold: readonly Sold[]): number => sold.reduce((sum, line) => sum + line.quantity * line.priceCents, 0);

export function factsOf(shape: Shape, index: number): OrderFacts {
  const gross = grossOf(soldIn(shape, index));
  return { id: idOf(index), updatedAt: updatedAtOf(shape, index), totalCents: gross - Math.floor(gross / 10) + 590 };
}

const idOf = (index: number): string => `gid://shopify/Order/${4_500_000_000_000 + index}`;
const updatedAtOf = (shape: Shape, index: number): string =>
  new Date(createdMs(shape, index) + (dice(shape.seed, index, 2) % 86_400) * 1000).toISOString().replace(".000Z", "Z");

export function orderJson(shape: Shape, index: number): string {
  const sold = soldIn(shape, index);
  const gross = grossOf(sold);
  const discount = Math.floor(gross / 10);
  const createdAt = new Date(createdMs(shape, index)).toISOString().replace(".000Z", "Z");
  const lines = sold.map(({ quantity, priceCents, sku }, at) => {
    const id = 9_100_000_000_000 + index * 4 + at;
    return `{"id":"gid://shopify/LineItem/${id}","quantity":${quantity},"currentQuantity":${quantity},"sku":"SKU-${sku}","title":"Assam tea, tin ${sku}","isGiftCard":false,"product":{"id":"gid://shopify/Product/${sku}"},"variant":{"id":"gid://shopify/ProductVariant/${sku}"},"originalTotalSet":${money(quantity * priceCents)},"discountAllocations":[],"taxLines":[]}`;
  });
  return `{"id":"${idOf(index)}","legacyResourceId":"${4_500_000_000_000 + index}","name":"#${1001 + index}","createdAt":"${createdAt}","processedAt":"${createdAt}","updatedAt":"${updatedAtOf(shape, index)}","cancelledAt":null,"test":false,"currencyCode":"EUR","displayFinancialStatus":"PAID","displayFulfillmentStatus":"FULFILLED","taxesIncluded":false,"sourceName":"web","discountCodes":["WELCOME10"],"customer":{"id":"gid://shopify/Customer/${dice(shape.seed, index, 3) % Math.ceil(shape.count / 3)}"},"totalDiscountsSet":${money(discount)},"totalShippingPriceSet":${money(590)},"totalTaxSet":${money(0)},"totalTipReceivedSet":${money(0)},"originalTotalDutiesSet":null,"totalPriceSet":${money(gross - discount + 590)},"refunds":[],"fulfillments":[],"lineItems":{"nodes":[${lines.join(",")}]},"transactions":[{"id":"gid://shopify/OrderTransaction/${5_500_000_000_000 + index}","kind":"SALE","status":"SUCCESS","gateway":"shopify_payments","processedAt":"${createdAt}","createdAt":"${createdAt}","test":false,"amountSet":${money(gross - discount + 590)},"fees":[]}]}`;
}

/** The orders made in [from, to), as numbers. */
export function indexRange(shape: Shape, from: number, to: number): { first: number; end: number } {
  return { first: firstAt(shape, from), end: firstAt(shape, to) };
}

function firstAt(shape: Shape, ms: number): number {
  let low = 0;
  let high = shape.count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (createdMs(shape, middle) < ms) low = middle + 1;
    else high = middle;
  }
  return low;
}
