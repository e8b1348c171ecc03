/** What a listener may hear is asked anew as long as it listens: whoever is no member any more hears nothing more. */
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { WebSocket } from "ws";
import { datasources } from "@headwater/db/schema/tables.ts";
import { inTenant } from "@headwater/db";
import { startApi } from "../testing/api.ts";
import type { TestApi } from "../testing/api.ts";
import { makeDatasource } from "../testing/rows.ts";
import type { Made } from "../testing/rows.ts";
import { joinAs, makeToken, signUp } from "../testing/visitor.ts";
import type { Visitor } from "../testing/visitor.ts";
import { SOCKETS_MOST_PER_CALLER } from "./sockets.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startApi(inject("postgresUrl"));
});
afterAll(() => api.close());

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
  const made = await makeDatasource(api, owner.organisationId);
  await rename(owner, made, "Mine");
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
    const endedAt = performance.now();
    await expect.poll(() => stream.isOver, { timeout: 8000, interval: 20 }).toBe(true);
    expect(performance.now() - endedAt).toBeLessThan(5000);
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
  await expect.poll(() => gone.isOver, { timeout: 8000 }).toBe(true);
  await rename(owner, made, "For members");
  await expect.poll(() => here.text).toContain("For members");
  expect(gone.text).not.toContain("For members");
});

test("one caller holds a hundred sockets open and no more", async () => {
  const { owner } = await arrange();
  const open = () =>
    new Promise<number | "open">((resolve) => {
      const socket = new WebSocket(`${api.url.replace("http", "ws")}/graphql`, "graphql-transport-ws", {
        headers: { cookie: owner.cookie, origin: api.url },
      });
      sockets.push(socket);
      socket.once("open", () => socket.send(JSON.stringify({ type: "connection_init", payload: {} })));
      socket.once("message", () => resolve("open"));
      socket.once("close", (code) => resolve(code));
    });
  const sockets: WebSocket[] = [];
  const first = await Promise.all(Array.from({ length: SOCKETS_MOST_PER_CALLER }, open));
  expect(new Set(first)).toEqual(new Set(["open"]));
  expect(await open()).toBe(4429);
  sockets[0]?.close();
  await expect.poll(open).toBe("open");
  for (const socket of sockets) socket.terminate();
});
