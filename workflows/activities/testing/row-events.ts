/** What a person, a source and the platform do to a datasource, as writes to its rows; each rings, and nothing is carried out yet. */
import { actionFor } from "../../lifecycle/actions.ts";
import type { CommandKind } from "../../lifecycle/actions.ts";
import { revoked } from "../../temporal/testing/fake-source.ts";
import type { Answer, Script } from "../../temporal/testing/fake-source.ts";
import type { FailureSummary } from "../../load/outcome.ts";
import { dayAgo } from "../../load/testing/days.ts";
import { DAY, HOUR, MINUTE } from "./row-life.ts";
import type { RowLife } from "./row-life.ts";

const HISTORY_DAYS = 20;

/** The end of it that is read last. */
const OLDEST_DAYS = { from: dayAgo("Asia/Kolkata", HISTORY_DAYS), to: dayAgo("Asia/Kolkata", HISTORY_DAYS - 4) };

/** A history of three windows: as good as one of thirty. */
const usual: Partial<Script> = {
  historyFrom: dayAgo("Asia/Kolkata", HISTORY_DAYS),
};
const always = (answer: Answer): Partial<Script> => ({
  ...usual,
  verify: () => answer,
  sync: () => answer,
  slice: () => answer,
  refresh: () => answer,
  spotCheck: () => answer,
});
const fails = (failure: FailureSummary) => always({ kind: "failed", failure });

const MOODS = {
  works: usual,
  revokes: fails(revoked),
  isDown: always({ kind: "providerDown", forMs: MINUTE }),
  limits: always({ kind: "throttled", forMs: HOUR }),
  freezes: fails({ class: "permission", lacks: "open store", curedBy: "source", code: "fake.frozen", said: "frozen" }),
  isGone: fails({ class: "gone", what: "account", code: "fake.gone", said: "no such store" }),
  changesShape: fails({ class: "invalid_request", code: "fake.shape", said: "no such field" }),
  breaks: fails({ class: "bug", code: "bug", said: "ours", fingerprint: "test" }),
  showsAnother: { ...usual, verify: () => ({ kind: "otherAccount" }) },
} satisfies Readonly<Record<string, Partial<Script>>>;

export type RowEvent = (life: RowLife) => Promise<void>;

export const mood =
  (name: keyof typeof MOODS): RowEvent =>
  async ({ lane, target }) =>
    lane.source.when(target.datasourceId, MOODS[name]);

/** As the API does: refused where it cannot be. */
const command =
  (kind: CommandKind, change?: string, also?: RowEvent, args: Readonly<Record<string, string>> = {}): RowEvent =>
  async (life) => {
    const { lane, target } = life;
    const facts = await lane.facts(target);
    if (facts === null || !actionFor(kind, facts, { role: "owner", now: Date.now() }).allowed) return;
    await also?.(life);
    await lane.merchant.command(target, kind, change, { ring: false, args });
    life.ring();
  };

const written =
  (write: (life: RowLife) => Promise<unknown>): RowEvent =>
  async (life) => {
    if ((await life.lane.facts(life.target)) === null) return;
    await write(life);
    life.ring();
  };

const hold = (scope: "source" | "organisation", reason: string, forMs: number | null) =>
  written(
    ({ lane: { merchant }, target }) => merchant.sql`
    insert into holds (organisation_id, scope, datasource_id, reason, until, by)
    values (${target.organisationId}, ${scope}, ${scope === "source" ? target.datasourceId : null}, ${reason},
      now() + ${forMs}::float8 * interval '1 millisecond', '{}')`,
  );

const releaseRepeated: RowEvent = async ({ lane: { merchant }, target }) => {
  await merchant.sql`
    update holds set released_at = now()
    where datasource_id = ${target.datasourceId} and reason = 'repeatedFailures' and released_at is null`;
};

/** A new login, whose end nobody knows yet. Too late for an attempt that was released. */
export const credentialArrives: RowEvent = async (life) => {
  const facts = await life.lane.facts(life.target);
  if (facts === null || facts.disconnectedAt !== null) return;
  const { merchant } = life.lane;
  await merchant.sql`
    update grants set ends_at = null where id = (select grant_id from datasources where id = ${life.target.datasourceId})`;
  await merchant.comeBack(life.target);
  life.ring();
};

export const chooseAccount = command("chooseAccount", "", ({ lane: { merchant }, target }) =>
  merchant.sql`
    update account_candidates set state = 'chosen'
    where datasource_id = ${target.datasourceId} and external_id = 'account-1'`.then(() => undefined),
);
export const resume = command("resume", undefined, releaseRepeated);
const disconnect = command(
  "disconnect",
  "disconnected_at = now(), undo_until = now() + interval '10 minutes', generation = generation + 1",
);
export const releaseHolds = written(
  ({ lane: { merchant }, target }) => merchant.sql`
    update holds set released_at = now() where organisation_id = ${target.organisationId} and released_at is null`,
);

/** These are writes: they may also strike while a source is being asked. */
export const WRITES: Readonly<Record<string, RowEvent>> = {
  credentialArrives,
  chooseAccount,
  cancelConnect: command("cancelConnect"),
  pause: command("pause"),
  pauseForAWhile: command("pause", "user_paused_at = now(), user_paused_until = now() + interval '1 hour'"),
  resume,
  syncNow: command("syncNow"),
  resync: command("resync"),
  checkNow: command("checkNow"),
  extendHistory: command("extendHistory"),
  bringForward: command("bringForward", undefined, undefined, OLDEST_DAYS),
  disconnect,
  deleteData: command("deleteData"),
  undo: command("undoDisconnect", undefined, async ({ lane: { merchant }, target }) => {
    await merchant.sql`
      insert into slots (organisation_id, datasource_id) values (${target.organisationId}, ${target.datasourceId})`;
  }),
  holdSource: hold("source", "abuse", null),
  holdOrganisation: hold("organisation", "maintenance", HOUR),
  releaseHolds,
  replaced: async (life) => {
    const { lane, target } = life;
    const facts = await lane.facts(target);
    if (facts === null || !actionFor("replace", facts, { role: "owner", now: Date.now() }).allowed) return;
    await lane.replace(target);
    life.ring();
  },
  renewedBeside: written(
    ({ lane: { merchant }, target }) => merchant.sql`
      update grants set verified_at = now() where id = (select grant_id from datasources where id = ${target.datasourceId})`,
  ),
  grantEndsInAWeek: written(
    ({ lane: { merchant }, target }) => merchant.sql`
      update grants set ends_at = now() + interval '7 days'
      where id = (select grant_id from datasources where id = ${target.datasourceId})`,
  ),
  ...Object.fromEntries(
    (
      ["works", "revokes", "isDown", "limits", "freezes", "isGone", "changesShape", "breaks", "showsAnother"] as const
    ).map((name) => [`source ${name}`, mood(name)]),
  ),
};

const LONGEST_HISTORY = 60;
export async function readHistory(life: RowLife): Promise<void> {
  for (let pieces = 0; pieces < LONGEST_HISTORY && (await life.workOnHistory()); pieces += 1) await life.settle();
}

/** And these take their time. */
export const PASSAGES: Readonly<Record<string, RowEvent>> = {
  aPieceOfHistory: async (life) => void (await life.workOnHistory()),
  allOfHistory: readHistory,
  minutes: (life) => life.pass(11 * MINUTE),
  halfADay: (life) => life.pass(13 * HOUR),
  threeDays: (life) => life.pass(3 * DAY),
};
