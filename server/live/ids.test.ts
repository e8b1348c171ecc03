// Against graphql-ws itself, over a socket that is none.
import { setImmediate } from "node:timers/promises";
import { buildSchema } from "graphql";
import { GRAPHQL_TRANSPORT_WS_PROTOCOL, makeServer } from "graphql-ws";
import { expect, test } from "vitest";
import { makeIds, wireId } from "./ids.ts";

const schema = buildSchema("type Query { slow: String } type Subscription { ticks: String }");

/** Says nothing, and ends when it is told to. */
function endless(): AsyncIterableIterator<never> {
  const done: IteratorResult<never> = { done: true, value: undefined };
  let end: () => void = () => {};
  const over = new Promise<IteratorResult<never>>((resolve) => {
    end = () => resolve(done);
  });
  return {
    next: () => over,
    return: async () => {
      end();
      return done;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

/** A client that is let in; what it is told, how it was closed, and how the first query's answer is let go. */
async function talk() {
  const ids = makeIds();
  const told: { id?: string; type: string; payload?: unknown }[] = [];
  const closed: (readonly [number, string])[] = [];
  const answers: ((value: string) => void)[] = [];
  let hear: (text: string) => Promise<void> = async () => {};
  const ended: string[] = [];
  const server = makeServer({
    schema,
    roots: { query: { slow: () => new Promise<string>((resolve) => answers.push(resolve)) } },
    subscribe: async () => endless(),
    onComplete: (_ctx, id) => void ended.push(id),
  });
  server.opened(
    {
      protocol: GRAPHQL_TRANSPORT_WS_PROTOCOL,
      send: async (data) => {
        const text = ids.said(data);
        if (text !== null) told.push(JSON.parse(text));
      },
      close: (code = 1000, reason = "") => void closed.push([code, reason]),
      onMessage: (handle) => {
        hear = handle;
      },
    },
    null,
  );
  /** In one breath, as they come in one packet. */
  const say = async (...messages: unknown[]) => {
    for (const message of messages) {
      const heard = ids.heard(typeof message === "string" ? message : JSON.stringify(message));
      if ("code" in heard) closed.push([heard.code, heard.why]);
      else if (heard.text !== null) void hear(heard.text);
    }
    await setImmediate();
  };
  await say({ type: "connection_init" });
  expect(told.splice(0)).toEqual([{ type: "connection_ack" }]);
  return { say, told, closed, answers, ended };
}

const subscribe = (id: string, query = "subscription { ticks }") => ({ id, type: "subscribe", payload: { query } });
const complete = (id: string) => ({ id, type: "complete" });

test("an id that was completed is free at once: nothing of the first is said of the second", async () => {
  const { say, told, closed, ended } = await talk();
  await say(subscribe("a"), complete("a"), subscribe("a"));
  await say(complete("a"), subscribe("a"));
  expect(told, "the third one runs").toEqual([]);
  expect(ended.map(wireId)).toEqual(["a", "a"]);
  expect(closed).toEqual([]);
});

test("the answer to a question that was given up is not the answer to the next one of its id", async () => {
  const { say, told, answers } = await talk();
  await say(subscribe("q", "{ slow }"), complete("q"), subscribe("q", "{ slow }"));
  answers[0]?.("first");
  await setImmediate();
  expect(told).toEqual([]);
  answers[1]?.("second");
  await setImmediate();
  expect(told).toEqual([
    { id: "q", type: "next", payload: { data: { slow: "second" } } },
    { id: "q", type: "complete" },
  ]);
  await say(subscribe("q", "{ none }"));
  expect(told.at(-1)).toMatchObject({ id: "q", type: "error" });
  await say(subscribe("q", "{ slow }"));
  expect(answers, "free after an answer, and after an error").toHaveLength(3);
});

test("two at once under one id, however long, and what only a server says close the socket", async () => {
  const { say, closed } = await talk();
  await say(subscribe("a"), subscribe("a"));
  await say(subscribe("é".repeat(300)), subscribe("é".repeat(300)));
  await say({ type: "connection_ack" }, { id: "a", type: "next", payload: {} }, complete("never begun"), "nonsense");
  expect(closed.map(([code]) => code)).toEqual([4409, 4409, 4400, 4400, 4400]);
  expect(closed[0]?.[1]).toBe("Subscriber for a already exists");
  for (const [, why] of closed) expect(Buffer.byteLength(why)).toBeLessThanOrEqual(123);
});

test("ids are whatever a client likes", async () => {
  const { say, told, closed } = await talk();
  const odd = ["7:a", '"\\\u2028', "__proto__", " ", "😀"];
  for (const id of odd) await say(subscribe(id, "{ none }"));
  expect(told.map(({ id }) => id)).toEqual(odd);
  expect(closed).toEqual([]);
});
