/** What may be asked of a datasource now, by who asks, and why not. The mutations refuse by the same answer. */
import { actionFor } from "@headwater/workflows/lifecycle/actions.ts";
import type { Allowance, ComesBy, CommandKind } from "@headwater/workflows/lifecycle/actions.ts";

import { may, roleOf } from "../access/permissions.ts";
import { oauthOf } from "../oauth/oauth-of.ts";
import { platformEntry } from "../reading/catalog.ts";
import type { DatasourceView } from "../reading/datasources.ts";
import { hasAggregate } from "../reading/spot-checks.ts";
import { refusalInWords } from "../words/reasons.ts";
import { builder, rule } from "./builder.ts";
import type { Context } from "./context.ts";
import { Reason } from "./reason.ts";

const COMMAND_BY_ACTION = {
  CANCEL_CONNECT: "cancelConnect",
  CHOOSE_ACCOUNT: "chooseAccount",
  PAUSE: "pause",
  RESUME: "resume",
  SYNC_NOW: "syncNow",
  RESYNC: "resync",
  CHECK_NOW: "checkNow",
  BRING_FORWARD: "bringForward",
  EXTEND_HISTORY: "extendHistory",
  REPLACE: "replace",
  SET_CADENCE: "setCadence",
  SET_QUIET_HOURS: "setQuietHours",
  SET_QUOTA_CEILING: "setQuotaCeiling",
  REAUTHORIZE: "reauthorized",
  DISCONNECT: "disconnect",
  UNDO_DISCONNECT: "undoDisconnect",
  UPLOAD: "upload",
} as const satisfies Readonly<Record<string, CommandKind>>;

const ACTIONS = [
  "CANCEL_CONNECT",
  "CONTINUE_CONNECT",
  "CHOOSE_ACCOUNT",
  "PAUSE",
  "RESUME",
  "SYNC_NOW",
  "RESYNC",
  "CHECK_NOW",
  "BRING_FORWARD",
  "EXTEND_HISTORY",
  "SET_CADENCE",
  "SET_QUIET_HOURS",
  "SET_QUOTA_CEILING",
  "REPLACE",
  "REAUTHORIZE",
  "DISCONNECT",
  "UNDO_DISCONNECT",
  "DELETE_DATA",
  "UPLOAD",
  "RENAME",
  "SEND_REAUTHORIZE_LINK",
] as const;
export type Action = (typeof ACTIONS)[number];
/** What a mutation of its own asks for, and no list of actions shows. */
export type Asking = Action | "CHANGE_FEEDS";

export interface ActionAnswer {
  readonly action: Action;
  readonly allowance: Allowance;
}

const ROLE: Allowance = { allowed: false, because: "role" };

function comesBy({ row, hasFeeds }: DatasourceView): ComesBy {
  if (platformEntry(row.platform)?.methods.includes("upload") !== true) return "fetching";
  return hasFeeds ? "feeds" : "files";
}

export function allowanceFor(action: Asking, view: DatasourceView, ctx: Pick<Context, "caller" | "now">): Allowance {
  const role = roleOf(ctx.caller);
  const now = ctx.now.getTime();
  const how = comesBy(view);
  switch (action) {
    case "CONTINUE_CONNECT":
      if (!may(ctx.caller, "consent")) return ROLE;
      return view.facts.phase === "AUTHORIZING" &&
        !view.facts.candidate &&
        !view.facts.accountsListed &&
        view.facts.disconnectedAt === null
        ? { allowed: true }
        : { allowed: false, because: "notConnecting" };
    case "RENAME":
      if (!may(ctx.caller, "manageDatasources")) return ROLE;
      return view.facts.disconnectedAt === null ? { allowed: true } : { allowed: false, because: "disconnected" };
    case "SEND_REAUTHORIZE_LINK":
      if (!may(ctx.caller, "consent")) return ROLE;
      // A key is pasted by a member: a stranger's key would be a stranger's account.
      if (how === "fetching" && oauthOf(view.row.platform) === null) return { allowed: false, because: "keyIsPasted" };
      return actionFor("reauthorized", view.facts, { role, now, comesBy: how });
    case "REAUTHORIZE":
      return may(ctx.caller, "consent") ? actionFor("reauthorized", view.facts, { role, now, comesBy: how }) : ROLE;
    case "CHANGE_FEEDS":
      return may(ctx.caller, "consent") ? actionFor("reauthorized", view.facts, { role, now }) : ROLE;
    case "UPLOAD":
      // A token that uploads is no member: it stands where an analyst stands, for this alone.
      if (!may(ctx.caller, "uploadCosts")) return ROLE;
      return actionFor("upload", view.facts, { role: "analyst", now });
    case "DELETE_DATA": {
      const answer = actionFor("deleteData", view.facts, { role, now });
      return answer.allowed && view.isAccountReadOn ? { allowed: false, because: "accountReadOn" } : answer;
    }
    case "CANCEL_CONNECT":
    case "CHOOSE_ACCOUNT":
    case "PAUSE":
    case "RESUME":
    case "SYNC_NOW":
    case "RESYNC":
    case "CHECK_NOW":
    case "BRING_FORWARD":
    case "EXTEND_HISTORY":
    case "REPLACE":
    case "SET_CADENCE":
    case "SET_QUIET_HOURS":
    case "SET_QUOTA_CEILING":
    case "DISCONNECT":
    case "UNDO_DISCONNECT":
      return actionFor(COMMAND_BY_ACTION[action], view.facts, {
        role,
        now,
        comesBy: how,
        hasAggregate: hasAggregate(view.row.platform),
      });
    default:
      return action satisfies never;
  }
}

const DatasourceAction = builder.enumType("DatasourceAction", {
  description: "What can be asked of a datasource.",
  values: ACTIONS,
});

export const ActionState = builder.objectRef<ActionAnswer>("ActionState").implement({
  description: "One action, and whether it may be asked for now by who asks.",
  ...rule("readDatasources"),
  fields: (t) => ({
    action: t.expose("action", { type: DatasourceAction, description: "Which." }),
    isAllowed: t.boolean({
      description: "Whether it may be asked for now.",
      resolve: ({ allowance }) => allowance.allowed,
    }),
    reason: t.field({
      type: Reason,
      nullable: true,
      description: "Why not; null where it may.",
      resolve: ({ allowance }, _args, ctx) => (allowance.allowed ? null : refusalInWords(allowance, ctx.words)),
    }),
  }),
});

export const actionsOf = (view: DatasourceView, _args: object, ctx: Context): ActionAnswer[] =>
  ACTIONS.map((action) => ({ action, allowance: allowanceFor(action, view, ctx) }));
