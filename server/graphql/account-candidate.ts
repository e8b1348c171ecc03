/** The accounts behind a login, as somebody has to know them to choose: whose they are, whether they live, what they spend. */
import { isDecimalText } from "@headwater/connectors/records.ts";
import { replacedInWords } from "../datasources/already.ts";
import type { CandidateRow } from "../reading/commands.ts";
import { readDatasources } from "../reading/datasources.ts";
import type { DatasourceView } from "../reading/datasources.ts";
import { wordsOfPlatform } from "../words/platform-words.ts";
import { reason } from "../words/reasons.ts";
import type { ReasonView } from "../words/reasons.ts";
import { builder, rule } from "./builder.ts";
import type { Context } from "./context.ts";
import { Datasource } from "./datasource-ref.ts";
import { isObject, text } from "./json-fields.ts";
import { MetricValue } from "./overview.ts";
import { Reason } from "./reason.ts";

interface CandidateView {
  readonly row: CandidateRow;
  readonly platform: string;
  /** What stands on this account already, in this organisation. */
  readonly standing: DatasourceView | null;
}

export async function candidatesOf(
  { row }: DatasourceView,
  _args: object,
  ctx: Context,
): Promise<readonly CandidateView[]> {
  const candidates = (await ctx.load.candidates.load(row.id)) ?? [];
  if (candidates.length === 0) return [];
  const living = (await readDatasources(ctx.db, ctx.now)).filter(
    (view) => view.row.platform === row.platform && view.row.disconnectedAt === null && view.row.id !== row.id,
  );
  const byAccount = new Map(living.map((view) => [view.account?.externalId, view]));
  return candidates.map((candidate) => ({
    row: candidate,
    platform: row.platform,
    standing: byAccount.get(candidate.externalId) ?? null,
  }));
}

function detailIn({ row }: CandidateView, name: string): string | null {
  const value = isObject(row.details) ? text(row.details, name) : null;
  return value === "" ? null : value;
}

/** How the source says that it stands, in words where it has any; nothing of one that simply lives. */
function stateOf(view: CandidateView, _args: object, ctx: Context): string | null {
  const status = view.row.state === "unreadable" ? "unreadable" : detailIn(view, "status");
  if (status === null || status === "active") return null;
  const words = wordsOfPlatform(view.platform, ctx.locale);
  return words.has(`account.${status}`) ? words.say(`account.${status}`) : status;
}

async function reasonOf({ row, standing }: CandidateView, _args: object, ctx: Context): Promise<ReasonView | null> {
  if (standing === null) return row.state === "available" ? null : reason(ctx.words, "candidate", row.state);
  const connected = () => reason(ctx.words, "candidate", "connected", { values: { name: standing.row.name } });
  return (await replacedInWords(ctx, standing, row.name)) ?? connected();
}

export const AccountCandidate = builder.objectRef<CandidateView>("AccountCandidate").implement({
  description: "An account that the login reaches, while one is chosen.",
  ...rule("readDatasources"),
  fields: (t) => ({
    externalId: t.string({ description: "The source's own id.", resolve: ({ row }) => row.externalId }),
    name: t.string({ description: "Its name at the source.", resolve: ({ row }) => row.name }),
    currency: t.field({
      type: "CurrencyCode",
      nullable: true,
      description: "Its currency.",
      resolve: ({ row }) => row.currency,
    }),
    zone: t.string({ nullable: true, description: "Its zone.", resolve: ({ row }) => row.zone }),
    domain: t.string({
      nullable: true,
      description: "Its address, where it has one.",
      resolve: (view) => detailIn(view, "domain"),
    }),
    group: t.string({
      nullable: true,
      description: "Whose it is at the source, such as the business that owns it.",
      resolve: (view) => detailIn(view, "business"),
    }),
    state: t.string({
      nullable: true,
      description: "How it stands at the source, such as disabled; null where it simply lives.",
      resolve: stateOf,
    }),
    activity: t.field({
      type: MetricValue,
      nullable: true,
      description: "What it has spent in the last 30 days; null where that is not known.",
      resolve: (view) => {
        const amount = detailIn(view, "spent30Days");
        return isDecimalText(amount) ? { amount, currency: view.row.currency } : null;
      },
    }),
    connected: t.field({
      type: Datasource,
      nullable: true,
      description: "The datasource that stands on it already, in this organisation.",
      resolve: ({ standing }) => (standing?.row.replacedAt == null ? standing : null),
    }),
    isSelectable: t.boolean({
      description: "Whether it can be chosen.",
      resolve: ({ row, standing }) => row.state === "available" && standing === null,
    }),
    reason: t.field({ type: Reason, nullable: true, description: "Why not.", resolve: reasonOf }),
  }),
});
