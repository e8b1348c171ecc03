/** Reason, Remedy, Actor: the shapes in which every state explains itself. */
import { apiTokenId, userId } from "@headwater/db/schema/ids.ts";
import type { Giver } from "../reading/commands.ts";
import type { ReasonView, RemedyKind, RemedyView } from "../words/reasons.ts";
import { builder, rule } from "./builder.ts";
import type { Context } from "./context.ts";

export const ActorKind = builder.enumType("ActorKind", {
  description: "Who acts: a person, a tool with an API token, Headwater itself, the source, or one of its operators.",
  values: ["PERSON", "TOKEN", "SYSTEM", "SOURCE", "OPERATOR"] as const,
});

const KIND = { person: "PERSON", holder: "PERSON", token: "TOKEN", system: "SYSTEM", operator: "OPERATOR" } as const;

const actorKind = (actor: Giver) =>
  actor.kind === "system" && actor.name.startsWith("source:") ? ("SOURCE" as const) : KIND[actor.kind];

export async function nameOf(actor: Giver | null, ctx: Pick<Context, "load" | "words">): Promise<string> {
  const { load, words } = ctx;
  if (actor === null) return words.say("actor.system");
  switch (actor.kind) {
    case "person":
      return (await load.personName.load(userId(actor.userId))) ?? words.say("actor.former");
    case "holder":
      return actor.address;
    case "operator":
      return words.say("actor.operator");
    case "token":
      return (await load.tokenName.load(apiTokenId(actor.tokenId))) ?? words.say("actor.token");
    case "system":
      return actor.name.startsWith("source:") ? actor.name.slice("source:".length) : words.say("actor.system");
    default:
      return actor satisfies never;
  }
}

export const Actor = builder.objectRef<Giver>("Actor").implement({
  description: "Who did it.",
  ...rule("readDatasources"),
  fields: (t) => ({
    kind: t.field({ type: ActorKind, description: "Person, token, system, source or operator.", resolve: actorKind }),
    name: t.string({ description: "The name to show.", resolve: (actor, _args, ctx) => nameOf(actor, ctx) }),
  }),
});

const REMEDIES = [
  "RESUME",
  "REAUTHORIZE",
  "RETRY",
  "WAIT",
  "START_AGAIN",
  "SWITCH_ACCOUNT",
  "GRANT_SCOPES",
  "REPLACE_ONE",
  "DISCONNECT_ONE",
  "UPGRADE",
  "CONTACT_SUPPORT",
  "ASK_ADMIN",
  "FIX_INPUT",
  "UNDO",
  "CONNECT_FIRST",
  "AT_SOURCE",
  "SIGN_IN",
] as const satisfies readonly RemedyKind[];

const RemedyKindEnum = builder.enumType("RemedyKind", {
  description: "What a person can do about it.",
  values: REMEDIES,
});

export const Remedy = builder.objectRef<RemedyView>("Remedy").implement({
  description: "The one thing to do.",
  ...rule("anybody"),
  fields: (t) => ({
    kind: t.expose("kind", { type: RemedyKindEnum, description: "For programs: which action or page it is." }),
    label: t.exposeString("label", { description: "Words for the button." }),
    url: t.exposeString("url", { nullable: true, description: "Where it leads, when that is outside of this page." }),
  }),
});

export const Reason = builder.objectRef<ReasonView>("Reason").implement({
  description: "Why something is as it is: what happened, what it means for the data, what to do.",
  ...rule("anybody"),
  fields: (t) => ({
    code: t.exposeString("code", { description: "Stable code, for programs and support." }),
    message: t.exposeString("message", { description: "What happened, in the caller's language." }),
    meaning: t.exposeString("meaning", { nullable: true, description: "What it means for the data." }),
    since: t.expose("since", { type: "DateTime", nullable: true, description: "Since when, where that is known." }),
    until: t.expose("until", {
      type: "DateTime",
      nullable: true,
      description: "When it is expected to end, where that is known.",
    }),
    by: t.expose("by", { type: Actor, nullable: true, description: "Who caused it; null where nobody did." }),
    remedy: t.expose("remedy", {
      type: Remedy,
      nullable: true,
      description: "What to do; null where there is nothing to do.",
    }),
  }),
});
