/** One subscriber, whatever it listens by: a socket, or a stream of server-sent events. */
import type { Caller } from "../access/caller.ts";

export interface Member {
  readonly caller: Caller;
  /** Writes what a group made once for all; false once its backlog has passed the bound. */
  deliver(payload: string): boolean;
  /** Removed by us: `why` decides what its client does next. */
  end(why: EndReason): void;
}

export type EndReason = "slow" | "revoked" | "shutdown" | "failed";

export const BACKLOG_MOST = 1_000_000;
