// A source's support asks for the request: what names it in an answer goes along with what the answer was refused for.
import { isSourceFailure, SourceFailure } from "@headwater/connectors/failure.ts";
import type { Answer, Outbound } from "@headwater/connectors/outbound/outbound.ts";
import { afterEach, expect, inject, test } from "vitest";
import { makeRig, type Rig } from "../load/testing/rig.ts";
import { scriptedConnector } from "../load/testing/scripted-source.ts";
import { openSource } from "./session.ts";
import { readStanding } from "./standing.ts";

let rig: Rig;
afterEach(() => rig.close());

const refused = { class: "invalid_request", code: "test.refused", said: "no such field" } as const;

async function nameOf(headers: Readonly<Record<string, string>>, failure: SourceFailure["failure"] = refused) {
  const answer: Answer = {
    status: 400,
    headers,
    text: async () => "",
    json: async () => null,
    lines: async function* lines() {},
    chunks: async function* chunks() {},
    discard: () => Promise.resolve(),
    bytes: () => 0,
  };
  const outbound: Outbound = {
    send: async () => answer,
    browserAddress: (address) => address.href,
    close: () => Promise.resolve(),
  };
  rig = await makeRig(inject("postgresUrl"), scriptedConnector({ pages: async function* pages() {} }), { outbound });
  const standing = await readStanding(rig.deps.sql, rig.ref);
  if (standing === undefined) throw new Error("the datasource is not there");
  const { session } = openSource(rig.deps, rig.ref, standing, { signal: AbortSignal.timeout(60_000) });
  const call = session.http.call(
    { method: "GET", url: "https://source.test/orders", credential: "attached", cost: 0, purpose: "orders" },
    () => Promise.reject(new SourceFailure(failure)),
  );
  const thrown: unknown = await call.catch((error: unknown) => error);
  if (!isSourceFailure(thrown)) throw thrown;
  return thrown.failure;
}

test.each([
  ["by a header that most edges write", { "x-request-id": "8f1c-2a" }, { ...refused, requestId: "8f1c-2a" }],
  ["by Meta's", { "x-fb-trace-id": "AbC1" }, { ...refused, requestId: "AbC1" }],
  ["not, where nothing names it", { date: "Fri, 20 Nov 2026 12:00:00 GMT" }, refused],
  ["not, where the name is no plain one", { "x-request-id": "<script>" }, refused],
])("%s", async (_what, headers, failure) => {
  expect(await nameOf(headers)).toEqual(failure);
});

test("as the connector read it in the body, whatever the header says", async () => {
  const named = { ...refused, requestId: "in-the-body" };
  expect(await nameOf({ "x-request-id": "in-the-header" }, named)).toEqual(named);
});
