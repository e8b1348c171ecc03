// What the surfaces of the stand-in share: its shops, its services, its settings.
import type { Answer } from "../http.ts";
import type { Ledger } from "../ledger.ts";
import type { CostBucket } from "./admin/bucket.ts";
import type { BulkServices } from "./bulk/operations.ts";
import type { BulkTempo } from "./bulk/run.ts";
import type { Shop } from "./seed/shop.ts";
import type { World } from "./seed/world.ts";

export type CustomerLevel = 0 | 1 | 2;

export interface Surface {
  readonly world: World;
  readonly services: BulkServices;
  readonly ledger: Ledger;
  tempo: BulkTempo;
  /** Which protected customer data the app is approved for. */
  customerLevel: CustomerLevel;
  bucketOf(shop: Shop): CostBucket;
}

export interface Served extends Answer {
  readonly operation: string;
  readonly shop: Shop | null;
  /** Notes in the ledger what was in the answer, once it has left. */
  readonly noteServed?: () => void;
}
