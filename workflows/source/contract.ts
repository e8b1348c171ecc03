/** What a process hands to everything that talks to a source. Made once at start, passed as an argument. */
import type { Connector } from "@headwater/connectors/contract.ts";
import type { Dial } from "@headwater/connectors/outbound/dial.ts";
import type { Outbound } from "@headwater/connectors/outbound/outbound.ts";
import type { CredentialId } from "@headwater/db";
import type { Sql } from "postgres";
import type { CostLimits } from "../costs/limits.ts";
import type { GrantRef } from "./grant-ref.ts";

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

export interface VaultWatch {
  /** Before each open of a credential. Throws a limit where this process opens more of them than its work can need. */
  opening(grant: GrantRef, credential: CredentialId): Promise<void>;
}

export interface SourceDeps {
  /** Worker role, TCP_NODELAY; a client that drizzle was never put on, for drizzle changes how times are read. */
  sql: Sql;
  connectorOf: (platform: string) => Connector | null;
  appOf: (platform: string) => AppCredential | null;
  /** Where a platform may tell us of what happens there; null where it cannot reach us. */
  webhookAddressOf?: (platform: string) => string | null;
  outbound: Outbound;
  /** For what is no HTTP; guarded and without a stand-in when absent. */
  dial?: Dial;
  vaultPrivateKey: string;
  /** Where files of costs lie, sealed; shared with the API. */
  uploadsFolder?: string;
  /** What one file of costs may be; the contract's own limits when absent. */
  costLimits?: CostLimits;
  /** Absent only where a test opens its own vault. */
  vaultWatch?: VaultWatch;
  /** Names this process in leases. */
  workerId: string;
  log: SourceLog;
  /** Shortens every wait of ours in tests; 1 when absent. */
  pace?: number;
}
