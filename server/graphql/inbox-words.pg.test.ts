import { expect, test } from "vitest";
import { give } from "../testing/mutations.ts";
import { ownApi } from "../testing/own-api.ts";
import { makeDatasource } from "../testing/rows.ts";
import { signUp } from "../testing/visitor.ts";

const api = ownApi();

const newest =
  "{ organisation { unreadNotices inbox(first: 9) { nodes { kind message resolvedAt remedy { kind } } } } }";

test("a disconnect ends what was told of the datasource with itself; undone, it does not say that it works again", async () => {
  const owner = await signUp(api);
  const { sql } = api.owner;
  const { id, gid } = await makeDatasource(api, owner.organisationId, { shop: "tea.myshopify.com" });
  for (const kind of ["sourceDown", "streamsFailed", "frozenAtSource", "accessLost"])
    await sql`insert into notices (organisation_id, datasource_id, kind, detail)
      values (${owner.organisationId}, ${id}, ${kind}, '{"streams": ["refunds"]}')`;
  const inbox = async () => (await owner.ask(newest)).data.organisation;
  expect((await inbox()).unreadNotices).toBe(4);
  expect(await give(owner, "disconnect", gid)).toMatchObject({ is: "DisconnectDatasourceSuccess" });
  const over = { message: "tea at Shopify was disconnected.", resolvedAt: expect.any(String), remedy: null };
  expect(await inbox()).toMatchObject({ unreadNotices: 0, inbox: { nodes: [over, over, over, over] } });
  expect(await give(owner, "undoDisconnect", gid)).toMatchObject({ is: "UndoDisconnectSuccess" });
  expect(await inbox()).toMatchObject({ unreadNotices: 0, inbox: { nodes: [over, over, over, over] } });
  const timeline = `query ($id: ID!) { node(id: $id) { ... on Datasource { timeline(first: 20) { nodes { verb message } } } } }`;
  const { data } = await owner.ask(timeline, { id: gid });
  expect(data.node.timeline.nodes).toContainEqual({
    verb: "notice.disconnected",
    message: "Something was wrong with Shopify for 1 min, until it was disconnected.",
  });
});

test("access that our own disconnect ended is said to be ended by it", async () => {
  const owner = await signUp(api);
  const { id } = await makeDatasource(api, owner.organisationId, { shop: "Tea.myshopify.com" });
  await api.owner.sql`insert into notices (organisation_id, datasource_id, kind, detail)
    values (${owner.organisationId}, ${id}, 'accessLost', '{"cause": "disconnectUndone"}')`;
  expect((await owner.ask(newest)).data.organisation.inbox.nodes).toMatchObject([
    {
      message:
        "The disconnect of Tea at Shopify was undone. Our access had been ended: somebody has to sign in there again.",
      remedy: { kind: "REAUTHORIZE" },
    },
  ]);
});

test("where a key was pasted, it is asked for its key again", async () => {
  const owner = await signUp(api);
  const { id } = await makeDatasource(api, owner.organisationId, { shop: "Tea.myshopify.com" });
  await api.owner.sql`update datasources set platform = 'klaviyo' where id = ${id}`;
  await api.owner.sql`insert into notices (organisation_id, datasource_id, kind, detail)
    values (${owner.organisationId}, ${id}, 'accessLost', '{"cause": "disconnectUndone"}')`;
  const { data } = await owner.ask(
    "{ organisation { inbox(first: 1) { nodes { message meaning remedy { kind } } } } }",
  );
  expect(data.organisation.inbox.nodes).toMatchObject([
    {
      message:
        "The disconnect of Tea at Klaviyo was undone. Our access had been ended: somebody has to paste its key again.",
      meaning: "What was read stays. Given a key to the same account, it fills the gap.",
      remedy: { kind: "REAUTHORIZE" },
    },
  ]);
});

test("of lost access nobody is asked to sign in where a key was pasted", async () => {
  const owner = await signUp(api);
  const { id, gid } = await makeDatasource(api, owner.organisationId, { shop: "Tea.myshopify.com" });
  await api.owner.sql`update datasources set platform = 'klaviyo' where id = ${id}`;
  await api.owner.sql`insert into notices (organisation_id, datasource_id, kind)
    values (${owner.organisationId}, ${id}, 'accessLost')`;
  const { data } = await owner.ask(
    `query ($id: ID!) { organisation { inbox(first: 1) { nodes { message meaning } } }
      node(id: $id) { ... on Datasource { timeline(first: 5) { nodes { verb message } } } } }`,
    { id: gid },
  );
  const [notice] = data.organisation.inbox.nodes;
  const entry = data.node.timeline.nodes.find(({ verb }: { verb: string }) => verb === "notice.accessLost.standing");
  expect(entry.message).toMatch(/access is given again\.$/u);
  expect(`${notice.message} ${notice.meaning} ${entry.message}`).not.toMatch(/sign(?:s|ed)? in/iu);
});

test("trouble that is over works again, but for what was over with its disconnect or its switch, and not before", async () => {
  const owner = await signUp(api);
  const { sql } = api.owner;
  const over = async (kind: string, gone: { disconnected?: string; replaced?: string }) => {
    const { id } = await makeDatasource(api, owner.organisationId);
    await sql`insert into notices (organisation_id, datasource_id, kind, resolved_at)
      values (${owner.organisationId}, ${id}, ${kind}, now())`;
    await sql`update datasources set disconnected_at = now() + ${gone.disconnected ?? null}::text::interval,
      replaced_at = now() + ${gone.replaced ?? null}::text::interval where id = ${id}`;
    const { data } = await owner.ask("{ organisation { inbox(first: 1) { nodes { message } } } }");
    return data.organisation.inbox.nodes[0].message.replace(/^\S.*? at /u, "It at ");
  };
  expect(await over("accessLost", {})).toMatch(/can be read again\.$/u);
  expect(await over("accessLost", { disconnected: "2 minutes" }), "mended before").toMatch(/can be read again\.$/u);
  expect(await over("pausedByPlatform", { disconnected: "2 minutes" }), "resumed before").toMatch(/runs again\.$/u);
  for (const kind of ["accessLost", "pausedByPlatform"]) {
    expect(await over(kind, { disconnected: "-1 minute" })).toBe("It at Shopify was disconnected.");
    expect(await over(kind, { disconnected: "2 minutes", replaced: "-1 minute" })).toBe(
      "It at Shopify was disconnected.",
    );
  }
});
