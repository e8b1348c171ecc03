// Every way to write a private place, brought to the door at which a person types where a feed comes from.
import { spellingsOfPrivatePlaces } from "@headwater/connectors/outbound/spellings.ts";
import { randomUUID } from "node:crypto";
import { beforeAll, expect, test } from "vitest";
import { connectCosts } from "../testing/mutations.ts";
import { ownApi } from "../testing/own-api.ts";
import { signUp } from "../testing/visitor.ts";
import type { Visitor } from "../testing/visitor.ts";

const api = ownApi();
let owner: Visitor;
let costs = "";
beforeAll(async () => {
  owner = await signUp(api);
  costs = await connectCosts(api, owner);
});

async function isSaved(more: object): Promise<boolean> {
  const input = { datasource: costs, name: "Daily", everyMinutes: 60, idempotencyKey: randomUUID(), ...more };
  const { data, errors } = await owner.ask(
    `mutation ($input: SaveFeedInput!) { saveFeed(input: $input) { is: __typename } }`,
    { input },
  );
  expect(errors).toBeUndefined();
  return data.saveFeed.is === "SaveFeedSuccess";
}

/** Names, no addresses: only a look-up tells where they lead, and each pull refuses it then. The last leads nowhere private. */
const NAMES = [
  "localhost.localdomain",
  "foo.localhost",
  "localtest.me",
  "127.0.0.1.nip.io",
  "lvh.me",
  "spoofed.burpcollaborator.net",
  "metadata.google.internal",
  "kubernetes.default.svc",
  "shop.example.com",
];

test("no private place is taken as the address of a feed, however it is written; names are looked up by each pull", async () => {
  const spellings = spellingsOfPrivatePlaces().map((spelling) => spelling.replaceAll(":{port}", ""));
  expect(spellings.length).toBeGreaterThanOrEqual(120);
  const taken: string[] = [];
  for (const url of spellings) if (await isSaved({ url, auth: "none" })) taken.push(new URL(url).hostname);
  expect(taken).toEqual(NAMES);
});

test("nor as the server of one", async () => {
  const hosts = spellingsOfPrivatePlaces().map(
    (spelling) => /^\w+:\/\/([^/]*?)(?::\{port\})?(?:\/|$)/u.exec(spelling)?.[1] ?? spelling,
  );
  const taken: string[] = [];
  for (const host of new Set(hosts))
    if (await isSaved({ host, user: "me", pattern: "out/*.csv", auth: "password", secret: "x" })) taken.push(host);
  expect(taken).toEqual(NAMES);
});
