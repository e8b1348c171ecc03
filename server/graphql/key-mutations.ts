/** Keys that a person pastes: tried one permission after another, then kept. */
import { datasourceId } from "@headwater/db/schema/ids.ts";
import type { KeyCheck } from "@headwater/connectors/authorization.ts";
import { connectWithKey, tryKey } from "../datasources/key.ts";
import type { KeyKept, KeyOpens, KeyTried } from "../datasources/key.ts";
import type { PastedFields } from "../datasources/pasted.ts";
import { platformEntry } from "../reading/catalog.ts";
import { remedy } from "../words/reasons.ts";
import type { RemedyKind } from "../words/reasons.ts";
import { wordsOfPlatform } from "../words/platform-words.ts";
import { ConnectAttempt } from "./attempt.ts";
import { builder, rule } from "./builder.ts";
import { ConnectFieldInput } from "./connect-field.ts";
import type { Context } from "./context.ts";
import { Datasource } from "./datasource-ref.ts";
import { commandField } from "./mutation-field.ts";
import { idIn } from "./node.ts";
import { streamsFedBy } from "./platform.ts";
import { FieldErrorRef, problem } from "./problems.ts";
import {
  AlreadyConnected,
  DatasourceGone,
  InvalidInput,
  KeyRefused,
  KeyReused,
  NotAllowed,
  NotPossibleNow,
  PlatformUnavailable,
  PrerequisiteMissing,
  SlotLimitReached,
} from "../words/problems.ts";
import { Remedy } from "./reason.ts";

interface CheckOf {
  readonly platform: string;
  readonly check: KeyCheck;
}
const checksOf = ({ platform, checks }: KeyTried): CheckOf[] => checks.map((check) => ({ platform, check }));

const useOf = ({ platform, check }: CheckOf) =>
  platformEntry(platform)?.scopes.find(({ scope }) => scope === check.name) ?? null;

function titleOf(of: CheckOf, ctx: Context): string {
  const words = wordsOfPlatform(of.platform, ctx.locale);
  const source = platformEntry(of.platform)?.name ?? of.platform;
  const use = useOf(of);
  return use === null ? ctx.words.say(`key.${of.check.name}`, { source }) : words.say(`scope.${use.purpose}`);
}

function messageOf({ platform, check: { failure } }: CheckOf, ctx: Context): string | null {
  if (failure === null) return null;
  const words = wordsOfPlatform(platform, ctx.locale);
  return words.has(`failure.${failure.code}`) ? words.say(`failure.${failure.code}`) : ctx.words.say("key.failed");
}

const remedyFor = ({ check }: CheckOf): RemedyKind | null => {
  if (check.failure === null) return null;
  if (check.name === "accepted") return "FIX_INPUT";
  return check.failure.class === "permission" ? "GRANT_SCOPES" : "RETRY";
};

const KeyCheckState = builder.enumType("KeyCheckState", {
  description: "What trying one thing came to.",
  values: {
    PASSED: { value: "passed" },
    FAILED: { value: "failed" },
    SKIPPED: { value: "skipped", description: "What came before made it pointless, or the source would not say now." },
  } as const,
});

const KeyCheckRef = builder.objectRef<CheckOf>("KeyCheck").implement({
  description: "One thing that trying a key found out.",
  ...rule("readCatalog"),
  fields: (t) => ({
    name: t.string({
      description: '"reachable", "accepted", or the name of a scope.',
      resolve: ({ check }) => check.name,
    }),
    title: t.string({ description: "What was looked at, in words.", resolve: (of, _args, ctx) => titleOf(of, ctx) }),
    state: t.field({ type: KeyCheckState, description: "What it came to.", resolve: ({ check }) => check.state }),
    isRequired: t.boolean({
      description: "Without it the key is of no use here.",
      resolve: (of) => useOf(of)?.required ?? true,
    }),
    feeds: t.stringList({
      description: "Streams that need it, by their titles.",
      resolve: (of, _args, ctx) =>
        streamsFedBy(of.platform, of.check.name).map((stream) =>
          wordsOfPlatform(of.platform, ctx.locale).say(`stream.${stream}`),
        ),
    }),
    message: t.string({
      nullable: true,
      description: "What went wrong, where it did.",
      resolve: (of, _args, ctx) => messageOf(of, ctx),
    }),
    remedy: t.field({
      type: Remedy,
      nullable: true,
      description: "What to do about it.",
      resolve: (of, _args, ctx) => {
        const kind = remedyFor(of);
        return kind === null ? null : remedy(ctx.words, kind);
      },
    }),
  }),
});

builder.objectType(KeyRefused, {
  name: "KeyRefused",
  ...problem("The key cannot be used as it is; nothing was stored."),
  fields: (t) => ({
    checks: t.field({ type: [KeyCheckRef], description: "What was tried, in order.", resolve: checksOf }),
    fields: t.field({
      type: [FieldErrorRef],
      description: "What is wrong with what was pasted.",
      resolve: ({ fields }) => [...fields],
    }),
  }),
});

const KeyReads = builder.objectRef<KeyOpens["reads"]>("KeyReads").implement({
  description: "Whom a key opens.",
  ...rule("readCatalog"),
  fields: (t) => ({
    name: t.exposeString("name", { nullable: true, description: "Its name, where the source tells one." }),
    id: t.exposeString("id", { description: "What the source knows it by." }),
  }),
});

const TryKeySuccess = builder.objectRef<KeyOpens>("TryKeySuccess").implement({
  description: "The key can be used; nothing was stored.",
  ...rule("readCatalog"),
  fields: (t) => ({
    reads: t.field({
      type: KeyReads,
      description: "Whose it is: the account, or the login where one reaches many.",
      resolve: ({ reads }) => reads,
    }),
    checks: t.field({ type: [KeyCheckRef], description: "What was tried, in order.", resolve: checksOf }),
  }),
});

const ConnectWithKeySuccess = builder.objectRef<KeyKept>("ConnectWithKeySuccess").implement({
  description: "The key is sealed and on its way to be verified; watch the attempt through the datasource.",
  ...rule("readDatasources"),
  fields: (t) => ({
    datasource: t.field({ type: Datasource, description: "As it now stands.", resolve: ({ view }) => view }),
    attempt: t.field({ type: ConnectAttempt, description: "How far it is.", resolve: (kept) => kept.attempt }),
    checks: t.field({ type: [KeyCheckRef], description: "What was tried, in order.", resolve: checksOf }),
  }),
});

const pasted = {
  platform: { required: true, description: 'Platform name: "klaviyo".' },
  fields: {
    type: [ConnectFieldInput],
    required: true,
    description: "Values of the platform's connectFields, by name.",
  },
} as const;

const TryKeyInput = builder.inputType("TryKeyInput", {
  description: "A key to try.",
  fields: (t) => ({
    platform: t.string(pasted.platform),
    fields: t.field({ ...pasted.fields, type: [ConnectFieldInput] }),
  }),
});
const ConnectWithKeyInput = builder.inputType("ConnectWithKeyInput", {
  description: "A key to connect with.",
  fields: (t) => ({
    platform: t.string(pasted.platform),
    fields: t.field({ ...pasted.fields, type: [ConnectFieldInput] }),
    datasource: t.id({ description: "Set: a new key for this datasource; the same account must answer to it." }),
    replaces: t.id({ description: "Set: it takes that datasource's place, and borrows its slot until it is proven." }),
    idempotencyKey: t.string({
      required: true,
      description: "Yours, 1 to 200 characters: the same key gives the first result again.",
    }),
  }),
});

commandField({
  name: "tryKey",
  type: "TryKey",
  does: "Tries a key at the source, one permission after another. Stores nothing.",
  permission: "consent",
  input: TryKeyInput,
  success: TryKeySuccess,
  problems: [InvalidInput, NotAllowed, KeyRefused, PlatformUnavailable, PrerequisiteMissing],
  work: (ctx, input: PastedFields) => tryKey(ctx, input),
});

commandField({
  name: "connectWithKey",
  type: "ConnectWithKey",
  does: "Connects with a pasted key, or gives a datasource a new one without a gap. Tried first; sealed only if it can be used.",
  permission: "consent",
  input: ConnectWithKeyInput,
  success: ConnectWithKeySuccess,
  problems: [
    InvalidInput,
    NotAllowed,
    KeyRefused,
    KeyReused,
    AlreadyConnected,
    SlotLimitReached,
    PlatformUnavailable,
    PrerequisiteMissing,
    DatasourceGone,
    NotPossibleNow,
  ],
  work: (ctx, input: PastedFields & (typeof ConnectWithKeyInput)["$inferInput"]) => {
    const id = input.datasource == null ? null : idIn("Datasource", input.datasource);
    const replaced = input.replaces == null ? null : idIn("Datasource", input.replaces);
    if (input.replaces != null && replaced === null) throw new DatasourceGone();
    return connectWithKey(ctx, {
      platform: input.platform,
      fields: input.fields,
      datasource: id === null ? null : datasourceId(id),
      isForOne: input.datasource != null,
      replaces: replaced === null ? null : datasourceId(replaced),
      idempotencyKey: input.idempotencyKey,
    });
  },
});
