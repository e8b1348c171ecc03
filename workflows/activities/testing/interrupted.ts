/** A load path in which something else happens just before or just after a call: what a person does while a run is at work. */
import type { Ref } from "../contract.ts";
import type { LoadPath } from "../../load/contract.ts";

export type Moment = "before" | "after";
/** Told of every call to a source. */
export type Meanwhile = (ref: Ref, moment: Moment, call: string) => Promise<void>;

export function interrupted(load: LoadPath, meanwhile: Meanwhile): LoadPath {
  const around = async <T>(ref: Ref, call: string, work: () => Promise<T>): Promise<T> => {
    await meanwhile(ref, "before", call);
    const result = await work();
    await meanwhile(ref, "after", call);
    return result;
  };
  return {
    ...load,
    planRun: (...args) => around(args[1], "plan", () => load.planRun(...args)),
    verifyGrant: (...args) => around(args[1], "verify", () => load.verifyGrant(...args)),
    listAccounts: (...args) => around(args[1], "listAccounts", () => load.listAccounts(...args)),
    syncOnce: (...args) => around(args[1], "sync", () => load.syncOnce(...args)),
    workOnSlice: (...args) => around(args[1], "slice", () => load.workOnSlice(...args)),
    refreshStreams: (...args) => around(args[1], "refresh", () => load.refreshStreams(...args)),
    rereadWeek: (...args) => around(args[1], "reread", () => load.rereadWeek(...args)),
    sweepDeletes: (...args) => around(args[1], "sweep", () => load.sweepDeletes(...args)),
    spotCheck: (...args) => around(args[1], "spotCheck", () => load.spotCheck(...args)),
    registerWebhooks: (...args) => around(args[1], "webhooks", () => load.registerWebhooks(...args)),
    revokeGrant: (...args) => around(args[1], "revoke", () => load.revokeGrant(...args)),
    eraseCredential: (...args) => around(args[1], "erase", () => load.eraseCredential(...args)),
  };
}
