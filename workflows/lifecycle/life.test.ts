import * as fc from "fast-check";
import { describe, expect, inject, test } from "vitest";
import { RELEASED_BY_RESUME } from "./actions.ts";
import { deriveStatus } from "./status.ts";
import { causeOf } from "./testing/causes.ts";
import { DAY, HOUR } from "./testing/facts.ts";
import { Life, MINUTE } from "./testing/model.ts";

const numRuns = 10_000 * inject("scale");

type Event = (life: Life) => void;

const by = { kind: "person", userId: "u" } as const;
const named: Readonly<Record<string, Event>> = {
  credentialArrives: (life) => life.credentialArrives(),
  chooseAccount: (life) => void life.command("chooseAccount", { accountChosen: true }),
  cancelConnect: (life) => void life.command("cancelConnect", { authorizingUntil: life.now }),
  pause: (life) => void life.command("pause", { userPaused: { since: life.now, until: null, by, note: null } }),
  pauseForAWhile: (life) =>
    void life.command("pause", { userPaused: { since: life.now, until: life.now + HOUR, by, note: null } }),
  resume: (life) =>
    void life.command("resume", {
      userPaused: null,
      holds: life.facts?.holds.filter((hold) => !RELEASED_BY_RESUME.includes(hold.reason)) ?? [],
    }),
  syncNow: (life) => void life.command("syncNow"),
  resync: (life) => void life.command("resync"),
  checkNow: (life) => void life.command("checkNow"),
  extendHistory: (life) => void life.command("extendHistory"),
  bringForward: (life) => void life.command("bringForward"),
  /** Another one took its place: its slot is that one's. */
  replaced: (life) => void life.command("replace", { replacedAt: life.now }),
  renewedBeside: (life) => {
    life.change({ grantVerifiedAt: life.now });
    life.settle();
  },
  disconnect: (life) =>
    void life.command("disconnect", {
      disconnectedAt: life.now,
      undoUntil: life.now + 10 * MINUTE,
      generation: (life.facts?.generation ?? 0) + 1,
    }),
  deleteData: (life) =>
    void life.command("deleteData", {
      deleteData: true,
      undoUntil: life.now,
      generation: (life.facts?.generation ?? 0) + 1,
    }),
  undo: (life) =>
    void life.command("undoDisconnect", {
      disconnectedAt: null,
      undoUntil: null,
      auth: "revoked",
      authReason: { code: "disconnectUndone" },
      generation: (life.facts?.generation ?? 0) + 1,
    }),
  /** Another datasource stands on its login: that was not ended. */
  undoOnItsLogin: (life) =>
    void life.command("undoDisconnect", {
      disconnectedAt: null,
      undoUntil: null,
      credential: true,
      generation: (life.facts?.generation ?? 0) + 1,
    }),
  holdSource: (life) => life.hold({}),
  holdPlatform: (life) => life.hold({ scope: "platform", reason: "providerOutage", until: life.now + HOUR }),
  releaseHolds: (life) => {
    life.change({ holds: [] });
    life.settle();
  },
  sourceOk: (life) => void (life.source = "ok"),
  sourceRevokes: (life) => void (life.source = "revoked"),
  sourceDown: (life) => void (life.source = "down"),
  sourceFreezes: (life) => void (life.source = "frozen"),
  sourceGone: (life) => void (life.source = "gone"),
  grantEndsInAWeek: (life) => life.change({ grantEndsAt: life.now + 7 * DAY }),
  newestIn: (life) => life.childSays("newestIn"),
  historyDone: (life) => life.childSays("done"),
  historyFailed: (life) => life.childSays("failed"),
  minutes: (life) => life.pass(11 * MINUTE),
  anHour: (life) => life.pass(HOUR),
  aDay: (life) => life.pass(DAY),
};

const events = fc.array(fc.constantFrom(...Object.keys(named)), { maxLength: 40, size: "max" });

function live(names: readonly string[], manyAccounts: boolean, look: (life: Life, name: string) => void): Life {
  const life = new Life(manyAccounts);
  for (const name of names) {
    named[name]?.(life);
    look(life, name);
  }
  return life;
}

describe("whatever happens, in whatever order", () => {
  test("every pair that is shown has a cause that allows it", () => {
    fc.assert(
      fc.property(events, fc.boolean(), (names, many) => {
        live(names, many, (life, name) => {
          if (life.facts === null) return;
          const status = deriveStatus(life.facts, life.now);
          if (status.standing !== "datasource") return;
          const pair = `${status.connection} ${status.dataSync}`;
          expect(causeOf(pair, life.facts, life.now), `${pair} after ${name}`).toBe(true);
        });
      }),
      { numRuns },
    );
  });

  test("no data call leaves with a dead grant, or while something forbids it", () => {
    fc.assert(
      fc.property(events, fc.boolean(), (names, many) => {
        expect(live(names, many, () => undefined).forbidden).toEqual([]);
      }),
      { numRuns },
    );
  });

  test("a slot is held by exactly what is connected or connecting, and not handed over", () => {
    fc.assert(
      fc.property(events, fc.boolean(), (names, many) => {
        live(names, many, (life, name) => {
          const isAlive = life.facts !== null && life.facts.disconnectedAt === null && life.facts.replacedAt == null;
          expect(life.hasSlot, `after ${name}`).toBe(isAlive);
        });
      }),
      { numRuns },
    );
  });

  test("a disconnect reaches its end once the undo has lapsed, from every state", () => {
    fc.assert(
      fc.property(events, fc.boolean(), (names, many) => {
        const life = live(names, many, () => undefined);
        if (life.facts === null || life.facts.phase === "AUTHORIZING") return;
        if (life.facts.disconnectedAt === null) expect(life.facts.phase === "END").toBe(false);
        named["disconnect"]?.(life);
        life.pass(11 * MINUTE);
        expect(life.facts.phase).toBe("END");
      }),
      { numRuns },
    );
  });

  test("a connect attempt ends in being proven or released, never in between", () => {
    fc.assert(
      fc.property(events, fc.boolean(), (names, many) => {
        const life = live(names, many, () => undefined);
        life.source = "ok";
        life.change({ holds: [] });
        life.pass(2 * HOUR);
        expect(life.facts?.phase).not.toBe("AUTHORIZING");
      }),
      { numRuns },
    );
  });
});

const connected = () => {
  const life = new Life(false);
  for (const name of ["credentialArrives", "newestIn", "historyDone"]) named[name]?.(life);
  return life;
};

describe("a life, told, of what another takes the place of", () => {
  test("what another takes the place of is read once more, then disconnected with nothing to undo", () => {
    const life = connected();
    life.seen.length = 0;
    named["replaced"]?.(life);
    expect(life.seen).toEqual(["readToSwitch", "endReplaced", "compensate", "finish"]);
    expect(life.facts?.phase).toBe("END");
  });

  test("where nothing would answer any more it is disconnected as far as it was read", () => {
    for (const before of ["pause", "holdSource"]) {
      const life = connected();
      named[before]?.(life);
      life.seen.length = 0;
      named["replaced"]?.(life);
      expect(life.seen, before).toEqual(["endReplaced", "compensate", "finish"]);
    }
  });
});

test("what a disconnect kept is deleted when somebody chooses so, once, and there is nothing to undo", () => {
  const life = connected();
  named["disconnect"]?.(life);
  named["deleteData"]?.(life);
  expect(life.facts, "the disconnect can still be undone").toMatchObject({ deleteData: false });
  named["minutes"]?.(life);
  life.seen.length = 0;
  for (const name of ["deleteData", "deleteData", "undo", "aDay"]) named[name]?.(life);
  expect(life.seen).toEqual(["finish"]);
  expect(life.facts).toMatchObject({ phase: "END", deleteData: true });
  expect(life.facts?.dataDeletedAt).not.toBeNull();
});

describe("a life, told", () => {
  test("from the click to live: verify, begin the history, go live with its newest windows, sync at once, ask to be told of its end", () => {
    const life = connected();
    expect(life.seen).toEqual(["verify", "beginBackfill", "adopt", "goLive", "run", "registerWebhooks"]);
    expect(life.facts?.phase).toBe("LIVE");
  });

  test("a resume verifies and syncs now, not at the next point", () => {
    const life = connected();
    named["pause"]?.(life);
    life.pass(5 * HOUR);
    life.seen.length = 0;
    named["resume"]?.(life);
    expect(life.seen).toEqual(["verify", "run"]);
  });

  test("a parked datasource wakes for nothing", () => {
    const life = connected();
    named["pause"]?.(life);
    life.seen.length = 0;
    life.pass(40 * DAY);
    expect(life.seen).toEqual([]);
  });

  test("a revoked grant is a state and no retry loop", () => {
    const life = connected();
    life.source = "revoked";
    life.seen.length = 0;
    life.pass(10 * DAY);
    expect(life.seen).toEqual(["run", "park"]);
  });

  test("an account that is gone is looked at twice, then disconnected by us with its slot freed", () => {
    const life = connected();
    life.source = "gone";
    life.pass(2 * HOUR);
    expect(life.facts?.disconnectedAt).not.toBeNull();
    expect(life.hasSlot).toBe(false);
  });

  test("a new credential is proven beside a person's pause, and leaves it in place", () => {
    const life = connected();
    named["pause"]?.(life);
    life.change({ auth: "revoked" });
    named["credentialArrives"]?.(life);
    expect(life.facts).toMatchObject({ auth: "ok", phase: "PAUSED" });
  });

  test("a bad new credential does not take the place of one that still works", () => {
    const life = connected();
    life.source = "revoked";
    named["credentialArrives"]?.(life);
    expect(life.facts).toMatchObject({ auth: "ok", candidate: false });
  });
});

describe("an undone disconnect", () => {
  test("a disconnect in the middle of the history, undone and authorized again, goes on with it", () => {
    const life = new Life(false);
    for (const name of ["credentialArrives", "disconnect", "minutes"]) named[name]?.(life);
    expect(life.facts?.phase).toBe("END");
    const undone = new Life(false);
    for (const name of ["credentialArrives", "disconnect", "undo"]) named[name]?.(undone);
    expect(undone.facts).toMatchObject({ phase: "REAUTHORIZE", auth: "revoked", backfill: "running" });
    undone.seen.length = 0;
    for (const name of ["credentialArrives", "newestIn", "historyDone"]) named[name]?.(undone);
    expect(undone.seen).toEqual(["verify", "adopt", "goLive", "run", "registerWebhooks"]);
    expect(undone.facts).toMatchObject({ phase: "LIVE", backfill: "done" });
  });

  test("undone on a login that another stands on, it is looked at and goes on, with no sign-in", () => {
    const life = new Life(false);
    for (const name of ["credentialArrives", "disconnect"]) named[name]?.(life);
    life.seen.length = 0;
    for (const name of ["undoOnItsLogin", "newestIn", "historyDone"]) named[name]?.(life);
    expect(life.seen).toEqual(["verify", "adopt", "goLive", "run", "registerWebhooks"]);
    expect(life.facts).toMatchObject({ phase: "LIVE", auth: "ok", backfill: "done" });
  });

  test("disconnected again before anybody read of its undo, what the others have left to it since is ended", () => {
    const life = connected();
    named["disconnect"]?.(life);
    life.seen.length = 0;
    life.change({ disconnectedAt: life.now + 1, undoUntil: life.now + 10 * MINUTE, credential: true });
    life.pass(MINUTE);
    expect(life.seen).toEqual(["compensate"]);
  });
});
