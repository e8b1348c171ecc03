import { expect, test } from "vitest";
import { ago, datasourceFixture, reason } from "../../gallery/fixtures.ts";
import { standsSince } from "./stands-since.ts";

const person = { kind: "PERSON", name: "Arjun Rao" } as const;
const source = { kind: "SOURCE", name: "Meta Ads" } as const;
const connected = { connectedAt: ago(900), connectedBy: person };

test("what is well stands since it was connected, by whoever did", () => {
  expect(standsSince(datasourceFixture(connected), null)?.connection).toEqual({
    at: ago(900),
    by: "Arjun Rao",
    why: null,
    isAnew: false,
  });
});

test("and, once another consent or key stands, since that was given, by whoever gave it; its data comes as it did before", () => {
  const given = { createdAt: ago(20), givenBy: { kind: "PERSON", name: "Ananya Das" } } as const;
  const found = standsSince(datasourceFixture(connected), given);
  expect(found?.connection).toMatchObject({ at: ago(20), by: "Ananya Das", isAnew: true });
  expect(found?.dataSync.by).toBe("Arjun Rao");
  const first = { ...given, createdAt: ago(901) };
  expect(standsSince(datasourceFixture(connected), first)?.connection, "of the first").toMatchObject({
    by: "Arjun Rao",
    isAnew: false,
  });
});

test("access that failed and works again without another consent stands since it does, by nobody", () => {
  const again = { at: ago(30), by: null, why: null, isAnew: false };
  expect(standsSince(datasourceFixture(connected), null, ago(30))?.connection).toEqual(again);
  const given = { createdAt: ago(60), givenBy: person };
  expect(standsSince(datasourceFixture(connected), given, ago(30))?.connection).toEqual(again);
  const proven = standsSince(datasourceFixture(connected), given, ago(59));
  expect(proven?.connection, "a consent is proven minutes after it was given").toMatchObject({
    at: ago(60),
    isAnew: true,
  });
});

test("a dead grant stands since it died, with what happened, and so does the sync that it stopped", () => {
  const died = reason("Analyst is lacking.", { since: ago(60), by: source });
  const stopped = reason("Meta Ads cannot be read.", { code: "credentialsDoNotWork", since: ago(60), by: source });
  const found = standsSince(
    datasourceFixture({
      ...connected,
      connection: { status: "REAUTHORIZE", isDead: true, reason: died },
      dataSync: { status: "INACTIVE", reason: stopped },
    }),
    { createdAt: ago(90), givenBy: person },
  );
  expect(found?.connection).toMatchObject({ at: ago(60), by: "Meta Ads", why: "Analyst is lacking." });
  expect(found?.dataSync, "its source is named already").toMatchObject({
    at: ago(60),
    by: null,
    why: "Meta Ads cannot be read.",
  });
});

test("a pause stands since it was asked for, by who asked; a history since it began to be read", () => {
  const paused = reason("Paused", { since: ago(30), by: person });
  expect(standsSince(datasourceFixture({ dataSync: { status: "INACTIVE", reason: paused } }), null)?.dataSync).toEqual({
    at: ago(30),
    by: "Arjun Rao",
    why: "Paused",
    isAnew: false,
  });
  const fetching = { status: "FETCHING_HISTORICAL_DATA", reason: reason("The history is being read") } as const;
  expect(standsSince(datasourceFixture({ ...connected, dataSync: fetching }), null)?.dataSync).toMatchObject({
    at: ago(2000),
    by: "Arjun Rao",
    why: "The history is being read",
  });
});

test("what is no datasource yet, or no more, stands nowhere", () => {
  expect(standsSince(datasourceFixture({ connection: null, dataSync: null }), null)).toBeNull();
});
