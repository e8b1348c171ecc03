// Asking those who may: who may ask and who is told, once for one thing, not beyond one's organisation, until it is done.
import { randomUUID } from "node:crypto";
import { beforeEach, describe, expect, test } from "vitest";
import { A_DAY_MOST } from "../organisations/requests.ts";
import { ownApi } from "../testing/own-api.ts";
import { makeDatasource } from "../testing/rows.ts";
import type { Made } from "../testing/rows.ts";
import { joinAs, mailsTo, makeToken, signUp, withToken } from "../testing/visitor.ts";
import type { Visitor } from "../testing/visitor.ts";
import { globalId } from "./node.ts";

const api = ownApi();
let owner: Visitor;
let admin: Visitor;
let viewer: Visitor;
let made: Made;
beforeEach(async () => {
  owner = await signUp(api);
  admin = await joinAs(api, owner, "admin");
  viewer = await joinAs(api, owner, "viewer");
  made = await makeDatasource(api, owner.organisationId);
});

const SEND = `mutation ($i: SendRequestInput!) { r: sendRequest(input: $i) { is: __typename
  ... on SendRequestSuccess { request { about askedAt datasource { id } platform { name } } }
  ... on InvalidInput { fields { path } } ... on UserError { code } } }`;
const ASIDE = `mutation ($i: PutRequestAsideInput!) { r: putRequestAside(input: $i) { is: __typename
  ... on PutRequestAsideSuccess { notice { resolvedAt } } ... on UserError { code } } }`;
const send = async (who: Visitor, input: object, idempotencyKey: string = randomUUID()) =>
  (await who.ask(SEND, { i: { ...input, idempotencyKey } })).data.r;
const aside = async (who: Visitor, notice: string) => (await who.ask(ASIDE, { i: { notice } })).data.r;

const own = async (who: Visitor) =>
  (await who.ask("{ organisation { ownRequests { about askedAt datasource { id } platform { name } } } }")).data
    .organisation.ownRequests;
interface Told {
  readonly id: string;
  readonly message: string;
  readonly about: string;
  readonly resolvedAt: string | null;
}
const told = async (who: Visitor): Promise<Told[]> =>
  (
    await who.ask(
      "{ organisation { inbox(first: 50) { nodes { id kind message about resolvedAt datasource { id } platform { name } } } } }",
    )
  ).data.organisation.inbox.nodes;
const unread = async (who: Visitor): Promise<number> =>
  (await who.ask("{ organisation { unreadNotices } }")).data.organisation.unreadNotices;
const nameOf = async (who: Visitor): Promise<string> => (await who.ask("{ me { name } }")).data.me.name;
const addressOf = async (who: Visitor): Promise<string> => (await who.ask("{ me { email } }")).data.me.email;
const mailed = async (who: Visitor) =>
  (await mailsTo(api, await addressOf(who))).filter(({ kind }) => kind === "requested");

const reconnect = () => ({ about: "RECONNECT", datasource: made.gid });

describe("a request", () => {
  test("is told to those who may and mailed to them, and stands for who asked", async () => {
    const { is, request } = await send(viewer, reconnect());
    expect([is, request]).toEqual([
      "SendRequestSuccess",
      { about: "RECONNECT", askedAt: expect.any(String), datasource: { id: made.gid }, platform: null },
    ]);
    expect(await own(viewer)).toEqual([request]);
    for (const who of [owner, admin]) {
      expect(await told(who)).toMatchObject([
        {
          kind: "REQUESTED",
          about: "RECONNECT",
          message: expect.stringContaining(await nameOf(viewer)),
          datasource: { id: made.gid },
          resolvedAt: null,
        },
      ]);
      expect(await unread(who)).toBe(1);
      expect(await mailed(who)).toHaveLength(1);
    }
    const analyst = await joinAs(api, owner, "analyst");
    for (const who of [viewer, analyst]) {
      expect([await told(who), await unread(who), await mailed(who)]).toEqual([[], 0, []]);
    }
    expect(await api.owner.sql`select verb, actor, after from audit_log where datasource_id = ${made.id}`).toEqual([
      { verb: "requestSent", actor: { kind: "person", userId: viewer.userId }, after: { about: "reconnect" } },
    ]);
  });

  test("asked again says when it was asked, and tells nobody anew; one more who asks is news of the same", async () => {
    const key = randomUUID();
    const { request } = await send(viewer, reconnect(), key);
    expect((await send(viewer, reconnect(), key)).request, "the same key").toEqual(request);
    expect((await send(viewer, { ...reconnect(), about: "REPAIR" })).request.askedAt).toBe(request.askedAt);
    expect(await send(viewer, { about: "CONNECT" }, key)).toMatchObject({ code: "KEY_REUSED" });
    const [notice] = await told(admin);
    await admin.ask(`mutation ($i: MarkNoticeReadInput!) { markNoticeRead(input: $i) { __typename } }`, {
      i: { notices: [notice?.id] },
    });
    expect(await unread(admin)).toBe(0);
    await api.owner.sql`update notice_reads set at = at - interval '1 minute'`;
    const other = await joinAs(api, owner, "viewer");
    expect(await send(other, reconnect(), key), "a key of somebody else").toMatchObject({ code: "KEY_REUSED" });
    await send(other, reconnect());
    const [both, ...rest] = await told(admin);
    expect(rest).toEqual([]);
    for (const who of [viewer, other]) expect(both?.message).toContain(await nameOf(who));
    expect([await unread(admin), (await mailed(admin)).length]).toEqual([1, 1]);
  });
});

describe("a request, and who has a say in it,", () => {
  test("is refused to who may do it, to a token, of what is foreign, and beyond so many a day", async () => {
    expect(await send(admin, reconnect())).toMatchObject({ code: "NOT_ALLOWED" });
    const stranger = await signUp(api);
    const guest = await joinAs(api, stranger, "viewer");
    expect(await send(guest, reconnect())).toMatchObject({ code: "DATASOURCE_GONE" });
    expect(await send(viewer, { about: "RECONNECT" })).toMatchObject({ code: "DATASOURCE_GONE" });
    expect(await send(viewer, { about: "CONNECT", platform: globalId("Platform", "nothing") })).toMatchObject({
      fields: [{ path: "platform" }],
    });
    const { secret } = await makeToken(owner, ["READ", "MANAGE"]);
    const byToken = await withToken(api, secret)(SEND, { i: { about: "CONNECT", idempotencyKey: randomUUID() } });
    expect(byToken.data.r).toMatchObject({ code: "NOT_ALLOWED" });
    expect(await told(owner)).toEqual([]);
    const sent: string[] = [];
    for (let n = 0; n <= A_DAY_MOST; n += 1) {
      sent.push((await send(viewer, { about: "SEE_PLAN" })).is);
      for (const { id, resolvedAt } of await told(owner)) if (resolvedAt === null) await aside(owner, id);
    }
    expect(sent.filter((is) => is === "SendRequestSuccess")).toHaveLength(A_DAY_MOST);
    expect(sent.at(-1)).toBe("InvalidInput");
  });

  test("of another organisation is neither seen nor put aside", async () => {
    await send(viewer, reconnect());
    const [notice] = await told(owner);
    const stranger = await signUp(api);
    expect(await told(stranger)).toEqual([]);
    expect(await aside(stranger, notice?.id ?? "")).toEqual({ is: "PutRequestAsideSuccess", notice: null });
    const node = `query ($id: ID!) { node(id: $id) { id } }`;
    for (const who of [stranger, viewer]) expect((await who.ask(node, { id: notice?.id })).data.node).toBeNull();
    expect((await owner.ask(node, { id: notice?.id })).data.node).toEqual({ id: notice?.id });
    expect(await aside(viewer, notice?.id ?? "")).toMatchObject({ code: "NOT_ALLOWED" });
    expect(await own(viewer)).toHaveLength(1);
  });

  test("that is put aside is over for everybody, and may be asked anew", async () => {
    await send(viewer, reconnect());
    const [notice] = await told(admin);
    expect(await aside(admin, notice?.id ?? "")).toMatchObject({ notice: { resolvedAt: expect.any(String) } });
    expect(await aside(owner, notice?.id ?? "")).toMatchObject({ notice: { resolvedAt: expect.any(String) } });
    expect([await own(viewer), await unread(owner)]).toEqual([[], 0]);
    await send(viewer, reconnect());
    expect((await told(owner)).map(({ resolvedAt }) => resolvedAt === null)).toEqual([true, false]);
    const verbs = await api.owner.sql`select verb from audit_log where datasource_id = ${made.id} order by n`;
    expect(verbs.map(({ verb }) => verb)).toEqual(["requestSent", "requestPutAside", "requestSent"]);
  });
});

describe("a request of no datasource", () => {
  test("is one for one thing, told to those who may do that", async () => {
    const klaviyo = globalId("Platform", "klaviyo");
    await send(viewer, { about: "CONNECT" });
    await send(viewer, { about: "CONNECT", platform: klaviyo });
    await send(viewer, { about: "CONNECT", platform: klaviyo });
    expect((await own(viewer)).map(({ platform }: { platform: object | null }) => platform)).toEqual([
      { name: "klaviyo" },
      null,
    ]);
    expect(await send(admin, { about: "CHANGE_PLAN" })).toMatchObject({ is: "SendRequestSuccess" });
    expect((await told(admin)).map(({ about }) => about)).toEqual(["CONNECT", "CONNECT"]);
    expect((await told(owner)).map(({ about }) => about)).toEqual(["CHANGE_PLAN", "CONNECT", "CONNECT"]);
    expect(await mailed(owner), "what needs nobody at once is told in the app").toEqual([]);
  });

  test("is over once there is another plan, or a token", async () => {
    await send(admin, { about: "CHANGE_PLAN" });
    await send(viewer, { about: "API_TOKEN" });
    await makeToken(owner, ["READ"]);
    expect([(await own(viewer)).length, (await own(admin)).length]).toEqual([0, 1]);
    await owner.ask(`mutation ($i: SetPlanInput!) { setPlan(input: $i) { __typename } }`, {
      i: { plan: "growth", idempotencyKey: randomUUID() },
    });
    expect((await own(admin)).length).toBe(0);
  });
});

describe("a wish to be told once a platform opens", () => {
  const WISH = `mutation ($i: SetWishInput!) { r: setWish(input: $i) { is: __typename
    ... on SetWishSuccess { platform { name isWished } } ... on InvalidInput { fields { path } } ... on UserError { code } } }`;
  const wish = async (who: Visitor, platform: string, isWished: boolean) =>
    (await who.ask(WISH, { i: { platform: globalId("Platform", platform), isWished } })).data.r;
  const wished = async (who: Visitor): Promise<string[]> =>
    (await who.ask("{ catalog { name isWished } }")).data.catalog
      .filter(({ isWished }: { isWished: boolean }) => isWished)
      .map(({ name }: { name: string }) => name);

  test("is each person's own, is kept, and can be taken back", async () => {
    expect(await wish(viewer, "mountain", true)).toMatchObject({ platform: { name: "mountain", isWished: true } });
    expect(await wish(viewer, "mountain", true)).toMatchObject({ platform: { isWished: true } });
    expect([await wished(viewer), await wished(owner)]).toEqual([["mountain"], []]);
    expect(await wish(viewer, "mountain", false)).toMatchObject({ platform: { isWished: false } });
    expect(await wished(viewer)).toEqual([]);
  });

  test("is refused of what is open, of what is no platform, and to a token", async () => {
    expect(await wish(viewer, "shopify", true)).toMatchObject({ fields: [{ path: "platform" }] });
    expect(await wish(viewer, "nothing", true)).toMatchObject({ fields: [{ path: "platform" }] });
    const { secret } = await makeToken(owner, ["READ", "MANAGE"]);
    const answer = await withToken(api, secret)(WISH, {
      i: { platform: globalId("Platform", "mountain"), isWished: true },
    });
    expect(answer.data.r).toMatchObject({ code: "NOT_ALLOWED" });
  });
});

describe("what is told to one person alone", () => {
  const tell = (kind: string, who: Visitor, { of, ...detail }: { of?: string; [figure: string]: unknown }) =>
    api.owner.sql`insert into notices (organisation_id, datasource_id, kind, for_user, detail)
      values (${owner.organisationId}, ${of ?? null}, ${kind}, ${who.userId}, ${JSON.stringify(detail)}::text::jsonb)`;

  test("is that a deletion is done, with its figures, or that a platform opened", async () => {
    await api.owner.sql`update accounts set name = '' where id = ${made.accountId}`;
    await tell("dataDeleted", owner, { of: made.id, kind: "all", rows: 12_345 });
    await tell("platformOpened", viewer, { platform: "mountain" });
    expect(await told(owner)).toMatchObject([
      {
        kind: "DATA_DELETED",
        message: expect.stringMatching(
          /^As you asked, the data of \S.* from Shopify is deleted: 12,345 rows in all\.$/u,
        ),
      },
    ]);
    expect(await told(viewer)).toMatchObject([
      { kind: "PLATFORM_OPENED", message: "Mountain can be connected now. You asked to be told." },
    ]);
    expect([await told(admin), await unread(owner), await unread(admin)]).toEqual([[], 1, 0]);
  });
});
