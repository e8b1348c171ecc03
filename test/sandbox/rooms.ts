// The parts of a running sandbox, as its desk sees them.
import type { Clock } from "./clock.ts";
import type { SandboxConfig } from "./config.ts";
import type { Faults } from "./faults/faults.ts";
import type { StandIn } from "./shopify/stand-in.ts";
import type { Store } from "./store.ts";
import type { Twin } from "./twin.ts";

export interface Rooms {
  readonly config: SandboxConfig;
  readonly store: Store;
  readonly clock: Clock;
  readonly faults: Faults;
  readonly shopify: StandIn;
  readonly twins: ReadonlyMap<string, Twin>;
}
