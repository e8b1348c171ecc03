/** A life from Connect to where it is well or at its end, watched after every event. */
import type { Facts } from "../../lifecycle/facts.ts";
import { forbidsRunning } from "../../lifecycle/phases.ts";
import { deriveStatus } from "../../lifecycle/status.ts";
import { causeOf } from "../../lifecycle/testing/causes.ts";
import { offThePath, PATH_OF } from "../../lifecycle/testing/passes.ts";
import type { Passed } from "../../lifecycle/testing/passes.ts";
import type { Lane } from "./lane.ts";
import {
  chooseAccount,
  credentialArrives,
  mood,
  PASSAGES,
  readHistory,
  releaseHolds,
  resume,
  WRITES,
} from "./row-events.ts";
import { CADENCE, DAY, MINUTE, RowLife } from "./row-life.ts";

export interface Event {
  readonly name: string;
  /** What happens while the source is asked next; `dies`: the worker does. */
  readonly strikes: { readonly name: string; readonly moment: "before" | "after" } | null;
  /** The worker dies when its next activity is done, before it could tell so. */
  readonly cutOff: boolean;
  /** Its ring is late: the next event comes first. */
  readonly unheard: boolean;
}

export const cameBack: Event = { name: "credentialArrives", strikes: null, cutOff: false, unheard: false };

const DATA_CALLS = new Set(["sync", "slice", "refresh", "reread", "sweep", "spotCheck"]);
const MOST_ROUNDS = 16;

export class Watched {
  readonly life: RowLife;
  readonly wrong: string[] = [];
  #strikes: Event["strikes"] = null;

  private constructor(life: RowLife) {
    this.life = life;
    life.lane.meanwhile = async (_ref, moment, call) => {
      if (moment === "before" && DATA_CALLS.has(call) && !life.isRepeating) await this.#mayCall(call);
      if (this.#strikes?.moment !== moment) return;
      const { name } = this.#strikes;
      this.#strikes = null;
      if (name === "dies") {
        life.deaths += 1;
        throw new Error("The worker died");
      }
      await WRITES[name]?.(life);
    };
  }

  static async begin(lane: Lane, platform: string): Promise<Watched> {
    const target = await lane.merchant.connect({ platform });
    await lane.merchant.sql`update datasources set cadence_ms = ${CADENCE} where id = ${target.datasourceId}`;
    const watched = new Watched(new RowLife(lane, target));
    await mood("works")(watched.life);
    return watched;
  }

  async live({ name, strikes, cutOff, unheard }: Event): Promise<void> {
    this.#strikes = strikes;
    this.life.isCutOff = cutOff;
    await (WRITES[name] ?? PASSAGES[name])?.(this.life);
    if (!unheard) await this.life.settle();
    await this.look(`after ${name}`);
  }

  async look(when: string): Promise<Facts | null> {
    const { lane, target } = this.life;
    const [facts, slots] = await Promise.all([lane.facts(target), lane.slots(target)]);
    const isAlive = facts !== null && facts.disconnectedAt === null && facts.replacedAt == null;
    if (isAlive !== slots > 0) this.wrong.push(`${slots} slots ${when}`);
    if (facts === null) return null;
    const now = Date.now();
    const status = deriveStatus(facts, now);
    const pair = status.standing === "datasource" ? `${status.connection} ${status.dataSync}` : null;
    if (pair !== null && !causeOf(pair, facts, now)) this.wrong.push(`${pair} ${when}`);
    return facts;
  }

  /** What a person would do about it, round by round: what lives is LIVE, what was ended is at its end. */
  async makeWell(): Promise<void> {
    this.#strikes = null;
    await mood("works")(this.life);
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      const facts = await this.look("while made well");
      if (facts === null) return this.#isOver();
      if (facts.phase === "END") {
        await this.life.settle();
        return this.#isAtItsEnd();
      }
      if (await this.#isWell(facts)) return this.#isOver();
      await this.#help(facts);
    }
    this.wrong.push(`never well: ${JSON.stringify(await this.life.lane.facts(this.life.target))}`);
  }

  async #help(facts: Facts): Promise<void> {
    const { life } = this;
    if (facts.disconnectedAt !== null || facts.replacedAt != null) return life.pass(11 * MINUTE);
    if (facts.holds.length > 0) await releaseHolds(life);
    if (facts.userPaused !== null) await resume(life);
    if (facts.accountsListed && !facts.accountChosen) await chooseAccount(life);
    else if (facts.auth !== "ok" && !facts.candidate) await credentialArrives(life);
    await life.settle();
    await readHistory(life);
    await life.pass(DAY);
  }

  async #isWell(facts: Facts): Promise<boolean> {
    const open = await this.#count("commands", "state = 'accepted'");
    const isIdle = open === 0 && this.life.child === null;
    return facts.phase === "LIVE" && facts.backfill !== "running" && facts.lastSuccessAt !== null && isIdle;
  }

  /** No run and no command without an end, and the phases are a path of the model. */
  async #isOver(): Promise<void> {
    const left = {
      runs: await this.#count("runs", "finished_at is null"),
      commands: await this.#count("commands", "state = 'accepted'"),
    };
    if (left.runs + left.commands > 0) this.wrong.push(`left open: ${JSON.stringify(left)}`);
    const { lane, target } = this.life;
    const path = await lane.merchant.sql.unsafe<Passed[]>(PATH_OF, [target.datasourceId], { prepare: true });
    this.wrong.push(...offThePath(path));
  }

  /** Nothing is left to sign in with, and no time brings it back. */
  async #isAtItsEnd(): Promise<void> {
    const { lane, target } = this.life;
    const [grant] = await lane.merchant.sql<{ credential: string | null; candidate: string | null }[]>`
      select credential_id as credential, candidate_credential_id as candidate from grants
      where id = (select grant_id from datasources where id = ${target.datasourceId})`;
    if (grant?.credential != null || grant?.candidate != null) this.wrong.push("a credential outlives the end");
    const calls = lane.source.callsOf(target.datasourceId).length;
    await this.life.pass(40 * DAY);
    if (lane.source.callsOf(target.datasourceId).length > calls) this.wrong.push("asked its source after the end");
    await this.#isOver();
  }

  async #count(table: "runs" | "commands", condition: string): Promise<number> {
    const { lane, target } = this.life;
    const rows = await lane.merchant.sql.unsafe(
      `select 1 from ${table} where datasource_id = $1 and ${condition}`,
      [target.datasourceId],
      { prepare: true },
    );
    return rows.length;
  }

  async #mayCall(call: string): Promise<void> {
    const facts = await this.life.lane.facts(this.life.target);
    if (facts === null || forbidsRunning(facts, Date.now())) this.wrong.push(`${call} though it is forbidden`);
  }
}
