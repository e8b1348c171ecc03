// A platform that needs another one, or cannot stand beside it: none that is ready is so yet, so entries are made of one that is.
import type { CatalogEntry } from "@headwater/connectors/catalog-entry.ts";
import { beforeEach, expect, test } from "vitest";
import { knownPlatform } from "../reading/catalog.ts";
import { disconnected } from "../testing/mutations.ts";
import { ownApi } from "../testing/own-api.ts";
import { makeDatasource } from "../testing/rows.ts";
import { signUp } from "../testing/visitor.ts";
import type { Visitor } from "../testing/visitor.ts";
import { contextFor, inTransaction } from "./operation.ts";
import { whyNotConnectable } from "./platform.ts";

const api = ownApi();
let owner: Visitor;
beforeEach(async () => {
  owner = await signUp(api);
});

async function whyNot(more: Partial<CatalogEntry>) {
  const { services } = api.serving;
  const { userId, organisationId } = owner;
  const person = {
    kind: "person",
    userId,
    sessionId: "",
    name: "",
    email: "",
    organisationId,
    region: "IN",
    role: "owner",
  } as const;
  const asking = { caller: person, visitor: { address: null, userAgent: null, browser: null }, locale: "en" } as const;
  const told = await inTransaction(services, person, true, (db) =>
    whyNotConnectable(
      { ...knownPlatform("klaviyo"), name: "Loop", ...more },
      contextFor(services, asking, { db, afterCommit: () => undefined }),
    ),
  );
  return told === null ? null : { code: told.code, message: told.message, remedy: told.remedy?.kind };
}

test("one that needs another is refused until one of those is connected", async () => {
  const needs = { requiresOneOf: ["shopify", "bigcommerce"] } as const;
  const refused = {
    code: "prerequisiteMissing",
    message: "Loop needs one of these first: Shopify or BigCommerce.",
    remedy: "CONNECT_FIRST",
  };
  expect(await whyNot(needs)).toEqual(refused);
  await makeDatasource(api, owner.organisationId, { facts: disconnected(-1_000) });
  expect(await whyNot(needs), "one that was disconnected is none").toEqual(refused);
  await makeDatasource(api, owner.organisationId);
  expect(await whyNot(needs)).toBeNull();
});

test("one that cannot stand beside another is refused while that one is connected", async () => {
  const excludes = { excludes: ["shopify", "recharge"] } as const;
  expect(await whyNot(excludes)).toBeNull();
  await makeDatasource(api, owner.organisationId);
  expect(await whyNot(excludes)).toEqual({
    code: "excluded",
    message: "Loop cannot stand beside Shopify: both drive the same numbers.",
    remedy: "DISCONNECT_ONE",
  });
});
