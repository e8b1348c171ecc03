/** What a listener may hear is asked anew as long as it listens: whoever is no member any more hears nothing more. */
import { eq } from "drizzle-orm";
import { describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { datasources } from "@headwater/db/schema/tables.ts";
import { inTenant } from "@headwater/db";
import { ownApi } from "../testing/own-api.ts";
import { makeDatasource } from "../testing/rows.ts";
import type { Made } from "../testing/rows.ts";
import { joinAs, makeToken, signUp } from "../testing/visitor.ts";
import type { Visitor } from "../testing/visitor.ts";
import { SOCKETS_MOST_PER_CALLER } from "./sockets.ts";
import { LOOK_EVERY_MS } from "./watch.ts";

const api = ownApi();

const FEED = `subscription { datasources { ... on Snapshot { datasources { name } } ... on Changes { changed { name } } } }`;

/** A stream of server-sent events: what it said, until it ended. */
async function listen(headers: Record<string, string>) {
  const response = await fetch(`${api.url}/graphql`, {
    method: "POST",
    headers: { accept: "text/event-stream", "content-type": "application/json", ...headers },
    body: JSON.stringify({ query: FEED }),
  });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  const stream = { text: "", isOver: false };
  const readOn = async () => {
    for (;;) {
      const part = await reader?.read();
      if (part === undefined || part.done) break;
      stream.text += part.value;
    }
    stream.isOver = true;
  };
  void readOn();
  await expect.poll(() => stream.text).toContain("Mine");
  return stream;
}

const rename = (owner: Visitor, { id }: Made, name: string) =>
  inTenant(api.owner, owner.organisationId, async ({ drizzle, sql }) => {
    await drizzle.update(datasources).set({ name }).where(eq(datasources.id, id));
    await sql`select announce_change(${id})`;
  });

const arrange = async () => {
  const owner = await signUp(api);
  // Named without a word of it: one that is on its way still would be heard as a change.
  const made = await makeDatasource(api, owner.organisationId, { facts: { name: "Mine" } });
  return { owner, made };
};

describe("a stream ends within five seconds, and hears nothing after, once", () => {
  const asSession = (who: Visitor, slug: string) => ({ cookie: who.cookie, "x-organisation": slug });
  test.each<[string, (owner: Visitor) => Promise<[headers: Record<string, string>, end: () => Promise<unknown>]>]>([
    [
      "a person is no member any more",
      async (owner) => {
        const guest = await joinAs(api, owner, "viewer");
        const end = () =>
          api.owner
            .sql`delete from memberships where user_id = ${guest.userId} and organisation_id = ${owner.organisationId}`;
        return [asSession(guest, owner.slug), end];
      },
    ],
    [
      "a session has run out",
      async (owner) => {
        const end = () => api.owner.sql`update sessions set expires_at = now() where user_id = ${owner.userId}`;
        return [asSession(owner, owner.slug), end];
      },
    ],
    [
      "a token has run out",
      async (owner) => {
        const { secret } = await makeToken(owner, ["READ"]);
        const end = () => api.owner.sql`update api_tokens set expires_at = now() where created_by = ${owner.userId}`;
        return [{ authorization: `Bearer ${secret}` }, end];
      },
    ],
  ])("%s", async (_title, begin) => {
    const { owner, made } = await arrange();
    const [headers, end] = await begin(owner);
    const stream = await listen(headers);
    await end();
    // A look may just be under way; how long one takes is the machine's to say.
    expect(2 * LOOK_EVERY_MS).toBeLessThanOrEqual(5_000);
    await expect.poll(() => stream.isOver).toBe(true);
    expect(stream.text).toContain("UNAUTHENTICATED");
    await rename(owner, made, "Not for them");
    await expect.poll(() => api.serving.hub.counts().members).toBe(0);
    expect(stream.text).not.toContain("Not for them");
  });
});

test("a group outlives whoever founded it, for those who are members still", async () => {
  const { owner, made } = await arrange();
  const [founder, stays] = [await joinAs(api, owner, "viewer"), await joinAs(api, owner, "viewer")];
  const headersOf = (who: Visitor) => ({ cookie: who.cookie, "x-organisation": owner.slug });
  const [gone, here] = [await listen(headersOf(founder)), await listen(headersOf(stays))];
  expect(api.serving.hub.counts().groups, "one class, one group").toBe(1);
  await api.owner
    .sql`delete from memberships where user_id = ${founder.userId} and organisation_id = ${owner.organisationId}`;
  await expect.poll(() => gone.isOver).toBe(true);
  await rename(owner, made, "For members");
  await expect.poll(() => here.text).toContain("For members");
  expect(gone.text).not.toContain("For members");
});

test("one caller holds a hundred sockets open and no more", async () => {
  const { owner } = await arrange();
  const open = (): Promise<number | "open"> =>
    new Promise((resolve) => {
      const socket = new WebSocket(`${api.url.replace("http", "ws")}/graphql`, "graphql-transport-ws", {
        headers: { cookie: owner.cookie, origin: api.url },
      });
      sockets.push(socket);
      socket.once("open", () => socket.send(JSON.stringify({ type: "connection_init", payload: {} })));
      socket.once("message", () => resolve("open"));
      // Where the machine or the database stands still before its first word is answered, it is opened anew.
      socket.once("close", (code) => resolve(code === 4408 || code === 1013 ? open() : code));
    });
  const sockets: WebSocket[] = [];
  const first = await Promise.all(Array.from({ length: SOCKETS_MOST_PER_CALLER }, open));
  expect(new Set(first)).toEqual(new Set(["open"]));
  expect(await open()).toBe(4429);
  sockets[0]?.close();
  await expect.poll(open).toBe("open");
  for (const socket of sockets) socket.terminate();
});

interface Heard {
  id?: string;
  type: string;
  payload?: { sessionEnd?: unknown };
}

/** A socket of a person's own, once its first word was answered; where a busy machine lets that pass, it is opened anew. */
const letIn = (owner: Visitor, hear: (message: Heard) => void): Promise<WebSocket> =>
  new Promise((resolve) => {
    const socket = new WebSocket(`${api.url.replace("http", "ws")}/graphql`, "graphql-transport-ws", {
      headers: { cookie: owner.cookie, origin: api.url },
    });
    socket.once("open", () => socket.send(JSON.stringify({ type: "connection_init", payload: {} })));
    socket.once("message", () => resolve(socket));
    socket.on("message", (data: Buffer) => hear(JSON.parse(data.toString("utf8"))));
    socket.once("close", (code) => {
      if (code === 4408 || code === 1013) resolve(letIn(owner, hear));
    });
  });

test("an id that is used again as soon as it was completed hears each change once", async () => {
  const { owner, made } = await arrange();
  const others = api.serving.hub.counts().members;
  const heard: Heard[] = [];
  const socket = await letIn(owner, (message) => heard.push(message));
  const say = (message: object) => socket.send(JSON.stringify(message));
  await expect.poll(() => heard.map(({ type }) => type)).toEqual(["connection_ack"]);
  const listening = { id: "1", type: "subscribe", payload: { query: FEED } };
  for (const message of [listening, { id: "1", type: "complete" }, listening]) say(message);
  const toldOf = (name: string) => heard.filter(({ payload }) => JSON.stringify(payload ?? "").includes(name)).length;
  await expect.poll(() => toldOf("Mine")).toBeGreaterThan(0);
  await expect.poll(() => api.serving.hub.counts().members).toBe(others + 1);
  await rename(owner, made, "Told once");
  await expect.poll(() => toldOf("Told once")).toBeGreaterThan(0);
  say({ id: "2", type: "subscribe", payload: { query: "{ nothingOfThisName }" } });
  await expect.poll(() => heard.at(-1)).toMatchObject({ id: "2", type: "error" });
  expect(heard.at(-1)?.payload).toMatchObject([{ extensions: { code: "BAD_REQUEST" } }]);
  expect([toldOf("Told once"), toldOf("Mine")]).toEqual([1, 1]);
  expect(api.serving.hub.counts().members).toBe(others + 1);
  socket.terminate();
});

test("whoever listens is told two minutes before that the session ends, whether use extends it, and that it did", async () => {
  const { owner } = await arrange();
  const told: unknown[] = [];
  const socket = await letIn(owner, ({ type, payload }) => {
    if (type === "ping") told.push(payload?.sessionEnd);
  });
  const endsIn = (seconds: number) =>
    api.owner
      .sql`update sessions set expires_at = now() + ${seconds} * interval '1 second', updated_at = now() - interval '1 hour'
      where user_id = ${owner.userId}`;
  await endsIn(600);
  await endsIn(100);
  await expect.poll(() => told).toEqual([{ at: expect.any(String), canStay: true }]);
  await owner.ask("{ me { id } }");
  await expect.poll(() => told).toEqual([{ at: expect.any(String), canStay: true }, null]);
  await api.owner.sql`update sessions set expires_at = now() + interval '100 seconds',
    created_at = now() + interval '100 seconds' - interval '30 days' where user_id = ${owner.userId}`;
  await expect.poll(() => told.at(-1)).toEqual({ at: expect.any(String), canStay: false });
  socket.terminate();
});
