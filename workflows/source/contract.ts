/** What a process hands to everything that talks to a source. Made once at start, passed as an argument. */
import type { Connector } from "@headwater/connectors/contract.ts";
import type { Outbound } from "@headwater/connectors/outbound/outbound.ts";
import type { Sql } from "postgres";

export interface SourceLog {
  info(event: string, facts?: Record<string, unknown>): void;
  warn(event: string, facts?: Record<string, unknown>): void;
  error(event: string, facts?: Record<string, unknown>): void;
}

/** Ours at the platform: `<PLATFORM>_CLIENT_ID` and `_SECRET`. */
export interface AppCredential {
  clientId: string;
  clientSecret: string;
  redirectUri: string;
}

export interface SourceDeps {
  /** Worker role, TCP_NODELAY; a client that drizzle was never put on, for drizzle changes how times are read. */
  sql: Sql;
  connectorOf: (platform: string) => Connector | null;
  appOf: (platform: string) => AppCredential | null;
  outbound: Outbound;
  vaultPrivateKey: string;
  /** Names this process in leases. */
  workerId: string;
  log: SourceLog;
  /** Shortens every wait of ours in tests; 1 when absent. */
  pace?: number;
}
