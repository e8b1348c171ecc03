/* oxlint-disable max-lines-per-function -- a describe is a list of tests, not a function */
/* oxlint-disable typescript/no-unsafe-type-assertion -- answers of GraphQL and of SQL are of any shape; each expectation checks what it reads */
import { createClient } from "graphql-ws";
import type { Client } from "graphql-ws";
import { describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { eq } from "drizzle-orm";
import { datasources } from "@headwater/db/schema/tables.ts";
import { inTenant } from "@headwater/db";
import type { DatasourceId, OrganisationId } from "@headwater/db/schema/ids.ts";
import { MUTATIONS } from "../testing/mutations.ts";
import { ownApi } from "../testing/own-api.ts";
import { makeDatasource } from "../testing/rows.ts";
import { joinAs, makeToken, setPlan, signUp } from "../testing/visitor.ts";
import type { Visitor } from "../testing/visitor.ts";
import { LOOK_EVERY_MS } from "./watch.ts";

const api = ownApi();

interface Event {
  readonly kind: "Snapshot" | "Changes";
  readonly revision: number;
  readonly datasources?: { id: string; name: string }[];
  readonly changed?: { id: string; name: string }[];
  readonly removed?: string[];
}

const FEED = `subscription Feed($filter: DatasourceFilter) { feed: datasources(filter: $filter) { kind: __typename
  ... on Snapshot { revision datasources { id name dataSync { status } } organisation { slots { used } } }
  ... on Changes { revision changed { id name dataSync { status } } removed organisation { slots { used } } } } }`;

function clientFor(
  visitor: Pick<Visitor, "cookie" | "slug">,
  params: Record<string, unknown> = {},
  origin?: string,
): Client {
  class Socket extends WebSocket {
    constructor(address: string, protocols: string[]) {
      super(address, protocols, { headers: { cookie: visitor.cookie, origin: origin ?? api.url } });
    }
  }
  return createClient({
    url: `${api.url.replace("http", "ws")}/graphql`,
    webSocketImpl: Socket,
    connectionParams: { organisation: visitor.slug, ...params },
    retryAttempts: 5,
    // Where the machine stands still before its first word is heard, it is opened anew.
    shouldRetry: (event) => (event as { code?: number }).code === 4408,
    lazy: false,
    onNonLazyError: () => {},
  });
}

interface Listener {
  readonly events: Event[];
  readonly errors: unknown[];
  isOver: boolean;
  stop(): void;
}

function listen(client: Client, variables: Record<string, unknown> = {}, query = FEED): Listener {
  const listener: Listener = { events: [], errors: [], isOver: false, stop: () => {} };
  listener.stop = client.subscribe<{ feed: Event }>(
    { query, variables },
    {
      next: ({ data, errors }) => {
        if (data?.feed !== undefined) listener.events.push(data.feed);
        if (errors !== undefined) listener.errors.push(errors);
      },
      error: (error) => {
        listener.errors.push(error);
        listener.isOver = true;
      },
      complete: () => {
        listener.isOver = true;
      },
    },
  );
  return listener;
}

const LISTENING = 90;
/** Takes its snapshots, one for each time that it listens, and reads nothing more. */
async function stoppedReader(visitor: Visitor, query: string): Promise<WebSocket> {
  const socket = new WebSocket(`${api.url.replace("http", "ws")}/graphql`, "graphql-transport-ws", {
    headers: { cookie: visitor.cookie, origin: api.url },
  });
  const say = (message: object) => socket.send(JSON.stringify(message));
  let heard = 0;
  socket.once("open", () => say({ type: "connection_init", payload: { organisation: visitor.slug } }));
  socket.once("message", () => {
    for (let n = 0; n < LISTENING; n += 1) say({ id: `s${n}`, type: "subscribe", payload: { query } });
  });
  socket.on("message", () => (heard += 1));
  await until(() => heard === 1 + LISTENING || socket.readyState === WebSocket.CLOSED);
  socket.pause();
  return socket;
}

const rename = (organisation: OrganisationId, id: DatasourceId, name: string) =>
  inTenant(api.owner, organisation, async ({ drizzle, sql }) => {
    await drizzle.update(datasources).set({ name }).where(eq(datasources.id, id));
    await sql`select announce_change(${id})`;
  });

const until = (condition: () => boolean) => expect.poll(condition, { interval: 20 }).toBe(true);

/** What a client holds after all that it was told, checking that no revision is missing or comes twice. */
function replay(events: readonly Event[]): Map<string, string> {
  const held = new Map<string, string>();
  let revision: number | null = null;
  for (const event of events) {
    if (event.kind === "Snapshot") {
      held.clear();
      for (const { id, name } of event.datasources ?? []) held.set(id, name);
    } else {
      expect(event.revision, "no gap, no repeat").toBe((revision ?? NaN) + 1);
      for (const { id, name } of event.changed ?? []) held.set(id, name);
      for (const id of event.removed ?? []) held.delete(id);
    }
    revision = event.revision;
  }
  return held;
}

describe("snapshot, then changes", () => {
  test("a snapshot first; a change made by a worker and one made by a command follow, and slots move", async () => {
    const owner = await signUp(api);
    const made = await makeDatasource(api, owner.organisationId);
    const client = clientFor(owner);
    const listener = listen(client);
    await until(() => listener.events.length === 1);
    expect(listener.events[0]).toMatchObject({
      kind: "Snapshot",
      datasources: [{ id: made.gid }],
      organisation: { slots: { used: 1 } },
    });
    await rename(owner.organisationId, made.id, "By a worker");
    await until(() => listener.events.length === 2);
    expect(listener.events[1]).toMatchObject({
      kind: "Changes",
      changed: [{ id: made.gid, name: "By a worker" }],
      removed: [],
    });
    await owner.ask(MUTATIONS.disconnect, {
      input: { datasource: made.gid, deleteData: false, idempotencyKey: crypto.randomUUID() },
    });
    await until(() => listener.events.length === 3);
    expect(listener.events[2]).toMatchObject({ kind: "Changes", organisation: { slots: { used: 0 } } });
    expect(listener.errors).toEqual([]);
    await client.dispose();
  });

  test("what no longer matches the filter is removed, and comes back when it does", async () => {
    const owner = await signUp(api);
    const made = await makeDatasource(api, owner.organisationId);
    const client = clientFor(owner);
    const listener = listen(client, { filter: { show: "PAUSED" } });
    await until(() => listener.events.length === 1);
    expect(listener.events[0]?.datasources).toEqual([]);
    const give = (name: "pause" | "resume") =>
      owner.ask(MUTATIONS[name], { input: { datasource: made.gid, idempotencyKey: crypto.randomUUID() } });
    await give("pause");
    await until(() => listener.events.length === 2);
    expect(listener.events[1]).toMatchObject({ changed: [{ id: made.gid }], removed: [] });
    await give("resume");
    await until(() => listener.events.length === 3);
    expect(listener.events[2]).toMatchObject({ changed: [], removed: [made.gid] });
    await client.dispose();
  });

  test("one datasource hears of itself alone; a foreign one is an empty snapshot and nothing after", async () => {
    const [owner, stranger] = [await signUp(api), await signUp(api)];
    const [mine, other] = [
      await makeDatasource(api, owner.organisationId),
      await makeDatasource(api, owner.organisationId),
    ];
    const theirs = await makeDatasource(api, stranger.organisationId);
    const one = `subscription One($id: ID!) { feed: datasource(id: $id) { kind: __typename ... on Snapshot { revision datasources { id name } } ... on Changes { revision changed { id name } removed } } }`;
    const client = clientFor(owner);
    const [own, foreign] = [listen(client, { id: mine.gid }, one), listen(client, { id: theirs.gid }, one)];
    await until(() => own.events.length === 1 && foreign.events.length === 1);
    expect(foreign.events[0]?.datasources).toEqual([]);
    await rename(owner.organisationId, other.id, "other");
    await rename(stranger.organisationId, theirs.id, "theirs");
    await rename(owner.organisationId, mine.id, "mine");
    await until(() => own.events.length === 2);
    expect(own.events[1]).toMatchObject({ revision: 2, changed: [{ name: "mine" }] });
    expect(foreign.events).toHaveLength(1);
    await client.dispose();
  });

  test("at most four messages a second for a datasource, and the last state is told", async () => {
    const owner = await signUp(api);
    const made = await makeDatasource(api, owner.organisationId);
    const client = clientFor(owner);
    const listener = listen(client);
    await until(() => listener.events.length === 1);
    const began = performance.now();
    for (let n = 0; n < 60; n += 1) await rename(owner.organisationId, made.id, `name ${n}`);
    await until(() => replay(listener.events).get(made.gid) === "name 59");
    const seconds = (performance.now() - began) / 1000;
    expect(listener.events.length - 1).toBeLessThanOrEqual(Math.ceil(seconds * 4) + 1);
    await client.dispose();
  });
});

describe("groups", () => {
  test("two hundred of one class share one execution an event and one text", async () => {
    const owner = await signUp(api);
    await setPlan(api, owner, "custom");
    const made = await makeDatasource(api, owner.organisationId);
    const clients = Array.from({ length: 8 }, () => clientFor(owner));
    const listeners = clients.flatMap((client) => Array.from({ length: 12 }, () => listen(client)));
    await until(() => listeners.every(({ events }) => events.length === 1));
    const executions = async () => (await api.serving.metrics.executions.get()).values[0]?.value ?? 0;
    const before = await executions();
    for (let n = 0; n < 5; n += 1) {
      await rename(owner.organisationId, made.id, `shared ${n}`);
      await until(() => listeners.every(({ events }) => replay(events).get(made.gid) === `shared ${n}`));
    }
    expect((await executions()) - before).toBe(5);
    expect(api.serving.hub.counts().groups).toBeGreaterThanOrEqual(1);
    for (const client of clients) await client.dispose();
    await until(() => api.serving.hub.counts().members === 0);
    expect(api.serving.hub.counts().groups).toBe(0);
  });

  test("joins in a storm while things change: no gap, no repeat, and everybody ends where the database stands", async () => {
    const owner = await signUp(api);
    await setPlan(api, owner, "custom");
    const made = await Promise.all(Array.from({ length: 5 }, () => makeDatasource(api, owner.organisationId)));
    const clients = Array.from({ length: 20 }, () => clientFor(owner));
    const listeners: Listener[] = [];
    const state = { isChanging: true };
    const changing = (async () => {
      for (let n = 0; n < 80; n += 1) {
        const one = made[n % made.length];
        if (one !== undefined) await rename(owner.organisationId, one.id, `storm ${n}`);
      }
      state.isChanging = false;
    })();
    for (let n = 0; state.isChanging || n < 100; n += 1) {
      const client = clients[n % clients.length];
      if (client !== undefined && n < 100) listeners.push(listen(client));
      if (n % 7 === 3) listeners.splice(Math.floor(n / 3), 1)[0]?.stop();
      await new Promise((resolve) => setImmediate(resolve));
    }
    await changing;
    const last = new Map(made.map(({ gid }, place) => [gid, `storm ${75 + place}`]));
    await until(() =>
      listeners.every(({ events }) => [...last].every(([gid, name]) => replay(events).get(gid) === name)),
    );
    for (const { events, errors } of listeners) {
      expect(events[0]?.kind).toBe("Snapshot");
      expect(errors).toEqual([]);
    }
    for (const client of clients) await client.dispose();
  });

  test("rights are told apart: an owner and a viewer ask the same and are shown what each may do", async () => {
    const owner = await signUp(api);
    const viewer = await joinAs(api, owner, "viewer");
    await makeDatasource(api, owner.organisationId);
    const query = `subscription { feed: datasources { kind: __typename ... on Snapshot { revision datasources { id viewerCan { action isAllowed } } } } }`;
    const clients = [clientFor(owner), clientFor(viewer)];
    const [own, theirs] = clients.map((client) => listen(client, {}, query));
    await until(() => own?.events.length === 1 && theirs?.events.length === 1);
    const pause = (listener: Listener | undefined) =>
      JSON.stringify(listener?.events[0]).match(/"PAUSE","isAllowed":(true|false)/)?.[1];
    expect([pause(own), pause(theirs)]).toEqual(["true", "false"]);
    for (const client of clients) await client.dispose();
  });

  test("a listener whose ear was cut reads everything again", async () => {
    const owner = await signUp(api);
    const made = await makeDatasource(api, owner.organisationId);
    const client = clientFor(owner);
    const listener = listen(client);
    await until(() => listener.events.length === 1);
    // Told to nobody: whoever knows of it has read everything again.
    await api.owner.drizzle.update(datasources).set({ name: "unheard" }).where(eq(datasources.id, made.id));
    await api.owner
      .sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'headwater api listen' and datname = current_database()`;
    await until(() => replay(listener.events).get(made.gid) === "unheard");
    expect(listener.events.at(-1)?.kind).toBe("Snapshot");
    await client.dispose();
  });
});

describe("who may listen", () => {
  test("another origin is turned away at the upgrade; nobody, and a foreign organisation, hear nothing", async () => {
    const [owner, stranger] = [await signUp(api), await signUp(api)];
    const refused = await new Promise<number | undefined>((resolve) => {
      const socket = new WebSocket(`${api.url.replace("http", "ws")}/graphql`, "graphql-transport-ws", {
        headers: { cookie: owner.cookie, origin: "https://evil.example" },
      });
      socket.once("unexpected-response", (_request, response) => resolve(response.statusCode));
      socket.once("open", () => resolve(101));
      socket.once("error", () => {});
    });
    expect(refused).toBe(403);
    const nobody = listen(clientFor({ cookie: "", slug: owner.slug }));
    await until(() => nobody.isOver);
    expect(nobody.events).toEqual([]);
    const client = clientFor(stranger, { organisation: owner.slug });
    const foreign = listen(client);
    await until(() => foreign.isOver);
    expect(foreign.events).toEqual([]);
    await client.dispose();
  });

  test.each(["session", "token", "role"] as const)(
    "a %s that ends closes its sockets within five seconds",
    async (what) => {
      const owner = await signUp(api);
      const guest = what === "role" ? await joinAs(api, owner, "admin") : owner;
      await makeDatasource(api, owner.organisationId);
      const token = what === "token" ? await makeToken(owner, ["READ"]) : null;
      let closed: number | null = null;
      const client =
        token === null ? clientFor(guest) : clientFor({ cookie: "", slug: owner.slug }, { token: token.secret });
      client.on("closed", (event) => {
        const { code } = event as { code: number }; // graphql-ws hands on the socket's own close event
        // Its first word came late: it is opened anew.
        if (code !== 4408) closed = code;
      });
      const listener = listen(client);
      await until(() => listener.events.length === 1);
      if (what === "session") await api.owner.sql`delete from sessions where user_id = ${owner.userId}`;
      if (what === "role")
        await api.owner
          .sql`update memberships set role = 'viewer' where user_id = ${guest.userId} and organisation_id = ${owner.organisationId}`;
      if (token !== null)
        await owner.ask(
          `mutation ($input: RevokeApiTokenInput!) { revokeApiToken(input: $input) { is: __typename } }`,
          { input: { token: token.id, idempotencyKey: "k" } },
        );
      // A look may just be under way; how long one takes is the machine's to say.
      expect(2 * LOOK_EVERY_MS).toBeLessThanOrEqual(5_000);
      await until(() => closed !== null);
      expect(closed).toBe(4401);
    },
  );

  test("a reader that stops is removed; the others hear on", async () => {
    const owner = await signUp(api);
    await setPlan(api, owner, "custom");
    await Promise.all(Array.from({ length: 6 }, () => makeDatasource(api, owner.organisationId)));
    const query = FEED.replaceAll(
      "{ id name dataSync { status } }",
      "{ id name streams { id title about } viewerCan { action reason { message } } rehearsal { stops dataKept atProvider } }",
    );
    await until(() => api.serving.hub.counts().members === 0);
    const client = clientFor(owner);
    const quick = listen(client);
    await until(() => quick.events.length === 1);
    const dropped = async () =>
      (await api.serving.metrics.dropped.get()).values.find(({ labels }) => labels.why === "slow")?.value ?? 0;
    const readers: WebSocket[] = [];
    // How much of it the system keeps on the way to a reader is the system's to say.
    for (let n = 0; (await dropped()) === 0; n += 1) {
      // It shows no sign of life either: for that it is gone before enough was said, on a machine that is slow.
      if (api.serving.hub.counts().members < 2) readers.push(await stoppedReader(owner, query));
      const name = `flood ${n} ${"x".repeat(200_000)}`;
      await inTenant(api.owner, owner.organisationId, async ({ sql }) => {
        await sql`update datasources set name = ${name} where organisation_id = ${owner.organisationId}`;
        await sql`select announce_change(id) from datasources where organisation_id = ${owner.organisationId}`;
      });
      await until(() => quick.events.at(-1)?.changed?.[0]?.name === name);
    }
    await until(() => api.serving.hub.counts().members === 1);
    expect(quick.errors).toEqual([]);
    for (const reader of readers) reader.terminate();
    await client.dispose();
  });
});

test("server-sent events join the same group: snapshot, change, and nothing for GET", async () => {
  const owner = await signUp(api);
  const made = await makeDatasource(api, owner.organisationId);
  const { secret } = await makeToken(owner, ["READ"]);
  const abort = new AbortController();
  const response = await fetch(`${api.url}/graphql`, {
    method: "POST",
    signal: abort.signal,
    headers: { authorization: `Bearer ${secret}`, accept: "text/event-stream", "content-type": "application/json" },
    body: JSON.stringify({ query: FEED }),
  });
  expect(response.headers.get("content-type")).toContain("text/event-stream");
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  const next = async (needle: string) => {
    while (!text.includes(needle)) {
      const part = await reader?.read();
      if (part === undefined || part.done) throw new Error(`the stream ended: ${text}`);
      text += part.value;
    }
  };
  await next('"Snapshot"');
  await rename(owner.organisationId, made.id, "streamed");
  await next('"streamed"');
  expect(text).toContain("event: next");
  abort.abort();
  await until(() => api.serving.hub.counts().members === 0);
});

test("the 101st live subscription of one person is refused, by whatever they listen", async () => {
  const owner = await signUp(api);
  const client = clientFor(owner);
  const listeners = Array.from({ length: 100 }, () => listen(client));
  await until(() => listeners.every(({ events }) => events.length === 1));
  const response = await fetch(`${api.url}/graphql`, {
    method: "POST",
    headers: {
      cookie: owner.cookie,
      accept: "text/event-stream",
      "content-type": "application/json",
      "x-organisation": owner.slug,
    },
    body: JSON.stringify({ query: FEED }),
  });
  expect(await response.text()).toContain("RATE_LIMITED");
  listeners[0]?.stop();
  await expect.poll(() => api.serving.hub.counts().members).toBe(99);
  const again = listen(client);
  await until(() => again.events.length === 1);
  await client.dispose();
});
