// Meta's stand-in: the Graph API with its ads reports at graph.facebook.com, the consent page at www.facebook.com.
import { json, type Incoming } from "../http.ts";
import type { FaultRule } from "../faults/rule.ts";
import type { Twin, TwinServices } from "../twin.ts";
import { actOnAccount, actOnPerson, card, changeSettings, figuresFor, rowsFor, stateOf } from "./desk.ts";
import { answerDialog } from "./dialog.ts";
import { answerGraph, refusalAnswer } from "./graph.ts";
import { namedError } from "./graph-error.ts";
import { openWorld, type MetaWorld } from "./world.ts";

export const graphHost = "graph.facebook.com";
export const dialogHost = "www.facebook.com";

/** How Meta says what the desk asks of every platform. */
const errorByFault: Partial<Record<FaultRule["kind"], string>> = {
  throttled: "80000",
  tooMany: "17/2446079",
  unauthorized: "190",
  internalError: "1",
  denyScope: "200",
};

function faultAnswer(world: MetaWorld, rule: FaultRule, incoming: Incoming) {
  if (incoming.host === dialogHost) return null;
  const name = rule.kind === "providerError" ? (rule.text ?? "1") : errorByFault[rule.kind];
  if (name === undefined) return null;
  // Limits come with the minutes to wait, as the desk has said them.
  const minutes = Number(rule.retryAfter ?? 0);
  const answer = refusalAnswer(world, incoming, { error: namedError(name), minutes });
  // Some of Meta's refusals come with a status that says all is well.
  return rule.status === 200 ? { ...answer, status: 200 } : answer;
}

export function openTwin(services: TwinServices): Twin {
  const world = openWorld(services);
  return {
    platform: "meta-ads",
    title: "Meta Ads",
    owns: (host) => host === graphHost || host === dialogHost,
    answer(incoming) {
      if (incoming.host === graphHost) return answerGraph(world, incoming);
      const isDialog = /^\/v\d+\.\d+\/dialog\/oauth$/.test(incoming.path);
      return isDialog
        ? { ...answerDialog(world, incoming), operation: "consent", account: null }
        : { ...json(404, { error: { message: "Page not found" } }), operation: "unknown path", account: null };
    },
    look([what = "", id = ""], query) {
      if (what === "state") return stateOf(world);
      if (what === "figures") return figuresFor(world, id, query);
      return what === "rows" ? rowsFor(world, id, query) : null;
    },
    act([what = "", id = ""], given) {
      if (what === "people") return actOnPerson(world, id, given);
      if (what === "accounts") return actOnAccount(world, id, given);
      return what === "settings" ? changeSettings(world, given) : null;
    },
    card: () => card(world),
    faultAnswer: (rule, incoming) => faultAnswer(world, rule, incoming),
    close: () => undefined,
  };
}
