/** One datasource to which a person and its source do whatever chance says, through the real engine; then all is made well. */
import { setTimeout as sleep } from "node:timers/promises";
import { inTenant, organisationId } from "@headwater/db";
import { readIntent } from "../../activities/reading.ts";
import type { RingTarget } from "../../client.ts";
import { actionFor } from "../../lifecycle/actions.ts";
import type { CommandKind } from "../../lifecycle/actions.ts";
import type { Facts } from "../../lifecycle/facts.ts";
import { deriveStatus } from "../../lifecycle/status.ts";
import { causeOf } from "../../lifecycle/testing/causes.ts";
import { offThePath, PATH_OF } from "../../lifecycle/testing/passes.ts";
import type { Passed } from "../../lifecycle/testing/passes.ts";
import { dayAgo } from "../../load/testing/days.ts";
import type { Engine } from "./engine.ts";
import { revoked } from "./fake-source.ts";
import type { Script } from "./fake-source.ts";
import { until } from "./until.ts";

export interface Dice {
  whole(from: number, to: number): number;
  isChosen(share: number): boolean;
  pick<T>(list: readonly T[]): T;
}

/** What the person does, in so far as the page offers it: with what, and what its transaction writes besides. */
const COMMANDS: Readonly<Partial<Record<CommandKind, { readonly change?: string; readonly args?: Asked }>>> = {
  pause: {},
  resume: {},
  syncNow: {},
  resync: {},
  checkNow: {},
  extendHistory: { args: { from: "2020-01-01" } },
  bringForward: { args: { from: dayAgo("Asia/Kolkata", 60), to: dayAgo("Asia/Kolkata", 40) } },
  setCadence: { change: "cadence_ms = 4000" },
  chooseAccount: {},
  disconnect: {},
  undoDisconnect: {},
  deleteData: {},
  cancelConnect: {},
  replace: {},
};
type Asked = Readonly<Record<string, string>>;
const commandKinds = Object.keys(COMMANDS).filter(isCommand);

function isCommand(kind: string): kind is CommandKind {
  return kind in COMMANDS;
}

/** What the source does without being asked. */
const MOODS: Readonly<Record<string, Partial<Script>>> = {
  works: {},
  revokes: {
    verify: () => ({ kind: "failed", failure: revoked }),
    sync: () => ({ kind: "failed", failure: revoked }),
    spotCheck: () => ({ kind: "failed", failure: revoked }),
    slice: () => ({ kind: "failed", failure: revoked }),
  },
  isDown: {
    verify: () => ({ kind: "providerDown", forMs: 300 }),
    sync: () => ({ kind: "providerDown", forMs: 300 }),
    spotCheck: () => ({ kind: "providerDown", forMs: 300 }),
    slice: () => ({ kind: "providerDown", forMs: 300 }),
  },
  dawdles: {
    sync: () => sleep(300, { kind: "done" } as const),
    slice: () => sleep(200, { kind: "done" } as const),
  },
  limits: {
    sync: () => ({ kind: "throttled", forMs: 200 }),
    slice: () => ({ kind: "throttled", forMs: 200 }),
    spotCheck: () => ({ kind: "throttled", forMs: 200 }),
  },
};

type Grip = "holdAWhile" | "hold" | "grantEndsInAWeek" | "grantEnds";
/** What we and the calendar do, as writes to its rows. */
const GRIPS: Readonly<Record<Grip, string>> = {
  holdAWhile: `insert into holds (organisation_id, scope, datasource_id, reason, until, by)
    values ($1, 'source', $2, 'maintenance', now() + interval '1 second', '{}')`,
  hold: `insert into holds (organisation_id, scope, datasource_id, reason, by) values ($1, 'source', $2, 'abuse', '{}')`,
  grantEndsInAWeek: `update grants set ends_at = now() + interval '7 days'
    where organisation_id = $1 and id = (select grant_id from datasources where id = $2)`,
  grantEnds: `update grants set ends_at = now() + interval '300 milliseconds'
    where organisation_id = $1 and id = (select grant_id from datasources where id = $2)`,
};
const grips: readonly Grip[] = ["holdAWhile", "hold", "grantEndsInAWeek", "grantEnds"];

export interface Told {
  readonly target: RingTarget;
  readonly did: readonly string[];
  /** Pairs of statuses that no cause allowed, and phases that are no path. */
  readonly wrong: readonly string[];
  readonly shown: ReadonlySet<string>;
}

class RandomLife {
  readonly did: string[] = [];
  readonly wrong: string[] = [];
  readonly shown = new Set<string>();
  readonly engine: Engine;
  readonly target: RingTarget;
  readonly dice: Dice;
  /** What was to take its place; one at a time, and made well with it. */
  successor: RandomLife | null = null;
  #ringAt = 0;

  constructor(engine: Engine, target: RingTarget, dice: Dice) {
    this.engine = engine;
    this.target = target;
    this.dice = dice;
  }

  /** The rows as one reading; null once the row is gone. */
  async facts(): Promise<Facts | null> {
    const { deps } = this.engine;
    const { organisationId: organisation, datasourceId } = this.target;
    const intent = await inTenant(deps.db, organisationId(organisation), (tx) =>
      readIntent(tx, datasourceId, deps.platformRules),
    );
    return intent?.facts ?? null;
  }

  async look(): Promise<Facts | null> {
    const facts = await this.facts();
    if (facts === null) return null;
    const now = Date.now();
    const status = deriveStatus(facts, now);
    if (status.standing !== "datasource") return facts;
    const pair = `${status.connection} ${status.dataSync}`;
    this.shown.add(pair);
    if (!causeOf(pair, facts, now)) this.wrong.push(`${pair} after ${this.did.join(", ")}`);
    return facts;
  }

  async command(kind: CommandKind, ring = true): Promise<void> {
    const { merchant } = this.engine;
    this.did.push(ring ? kind : `${kind} unrung`);
    if (kind === "chooseAccount")
      await merchant.sql`update account_candidates set state = 'chosen'
        where datasource_id = ${this.target.datasourceId} and external_id = 'account-1'`;
    if (kind === "replace") return this.replace(ring);
    const { change, args } = COMMANDS[kind] ?? {};
    await merchant.command(this.target, kind, change, { ring, ...(args === undefined ? {} : { args }) });
    if (kind === "undoDisconnect")
      await merchant.sql`insert into slots (organisation_id, datasource_id)
        values (${this.target.organisationId}, ${this.target.datasourceId}) on conflict do nothing`;
  }

  async replace(ring: boolean): Promise<void> {
    const { merchant } = this.engine;
    const [row] = await merchant.sql<{ platform: string }[]>`
      select platform from datasources where id = ${this.target.datasourceId}`;
    const by = await merchant.connect({ replaces: this.target, ...row });
    this.successor = new RandomLife(this.engine, by, this.dice);
    await merchant.command(this.target, "replace", "", { ring, args: { replacement: by.datasourceId } });
    if (this.dice.isChosen(0.8)) await this.successor.comeBack();
  }

  /** What the outbox does for a ring that was lost: now and then. */
  async ringAgain({ intentVersion }: Facts): Promise<void> {
    if (Date.now() < this.#ringAt) return;
    this.#ringAt = Date.now() + 3_000;
    await this.engine.ringer.ring(this.target, intentVersion);
  }

  async comeBack(): Promise<void> {
    this.did.push("comes back");
    const { merchant } = this.engine;
    await merchant.sql`
      update grants set ends_at = null where id = (select grant_id from datasources where id = ${this.target.datasourceId})`;
    await merchant.comeBack(this.target);
  }

  /** Whoever writes it rings. */
  async grip(name: Grip): Promise<void> {
    this.did.push(name);
    const { sql } = this.engine.merchant;
    const { organisationId: organisation, datasourceId } = this.target;
    await sql.unsafe(GRIPS[name], [organisation, datasourceId]);
    const [row] = await sql<{ version: number }[]>`
      update datasources set intent_version = intent_version + 1 where id = ${datasourceId} returning intent_version as version`;
    if (row !== undefined) await this.engine.ringer.ring(this.target, row.version);
  }

  /** Its phases, as the log has them. */
  async path(): Promise<void> {
    const passed = await this.engine.merchant.sql.unsafe<Passed[]>(PATH_OF, [this.target.datasourceId]);
    this.wrong.push(...offThePath(passed).map((step) => `${step} after ${this.did.join(", ")}`));
  }

  mood(name: string): void {
    this.did.push(`source ${name}`);
    this.engine.source.when(this.target.datasourceId, MOODS[name] ?? {});
  }

  async step(): Promise<void> {
    const facts = await this.look();
    if (facts === null) return;
    const offered = commandKinds.filter(
      (kind) =>
        actionFor(kind, facts, { role: "owner", now: Date.now() }).allowed &&
        (kind !== "replace" || this.successor === null),
    );
    const wantsKey = facts.disconnectedAt === null && (facts.auth !== "ok" || this.dice.isChosen(0.1));
    if (wantsKey && this.dice.isChosen(0.5)) await this.comeBack();
    else if (offered.length > 0 && this.dice.isChosen(0.7))
      await this.command(this.dice.pick(offered), !this.dice.isChosen(0.15));
    else if (this.dice.isChosen(0.4)) await this.grip(this.dice.pick(grips));
    else this.mood(this.dice.pick(Object.keys(MOODS)));
    await sleep(this.dice.whole(0, 250));
  }
}

/** Some steps, then a source that works, a resume and a consent: what lives must be LIVE, what was ended at its end, no command without an answer. */
export async function randomLife(engine: Engine, dice: Dice, steps: number): Promise<Told> {
  const target = await engine.merchant.connect({ platform: dice.pick(["shopify", "klaviyo", "meta-ads"]) });
  const life = new RandomLife(engine, target, dice);
  if (dice.isChosen(0.9)) await life.comeBack();
  for (let step = 0; step < steps; step += 1) await life.step();
  life.mood("works");
  const { successor } = life;
  if (successor !== null) await makeWell(successor);
  await makeWell(life);
  const wrong = [...life.wrong, ...(successor?.wrong ?? [])];
  return { target, did: life.did, wrong, shown: life.shown };
}

async function makeWell(life: RandomLife): Promise<void> {
  await until(
    () => madeWell(life),
    (isWell) => isWell,
    900_000,
  ).catch(async (error: unknown) => {
    throw new Error(`${String(error)}\n${life.did.join(", ")}\n${JSON.stringify(await life.facts())}`, {
      cause: error,
    });
  });
  await life.path();
}

/** Does what a person would do next about it; true where nothing is left to do. */
async function madeWell(life: RandomLife): Promise<boolean> {
  const facts = await life.look();
  if (facts === null || facts.phase === "END") return true;
  const { sql } = life.engine.merchant;
  if (facts.disconnectedAt !== null || facts.replacedAt != null) {
    await life.ringAgain(facts);
    return sleep(200, false);
  }
  if (facts.phase === "AUTHORIZING" && !facts.candidate && !facts.credential) {
    await life.comeBack();
    return sleep(300, false);
  }
  if (facts.phase === "AUTHORIZING" && facts.accountsListed && !facts.accountChosen) {
    await life.command("chooseAccount");
    return sleep(300, false);
  }
  if (facts.userPaused !== null || facts.holds.length > 0) {
    await sql`update holds set released_at = now() where datasource_id = ${life.target.datasourceId} and released_at is null`;
    await life.command("resume");
    return sleep(300, false);
  }
  if (facts.auth !== "ok" && !facts.candidate) {
    await life.comeBack();
    return sleep(500, false);
  }
  const [open] = await sql`
    select 1 from commands where datasource_id = ${life.target.datasourceId} and state = 'accepted' limit 1`;
  if (facts.phase === "LIVE" && facts.backfill !== "running" && facts.lastSuccessAt !== null && open === undefined)
    return true;
  await life.ringAgain(facts);
  return sleep(200, false);
}
