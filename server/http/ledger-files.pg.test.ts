import { beforeAll, expect, test } from "vitest";
import { ownApi } from "../testing/own-api.ts";
import { makeDatasource } from "../testing/rows.ts";
import type { Made } from "../testing/rows.ts";
import { joinAs, makeToken, signUp } from "../testing/visitor.ts";
import type { Visitor } from "../testing/visitor.ts";

const api = ownApi();
let owner: Visitor;
let made: Made;
let address: string;
beforeAll(async () => {
  owner = await signUp(api);
  made = await makeDatasource(api, owner.organisationId);
  const { data } = await owner.ask("query ($id: ID!) { datasource(id: $id) { callsUrl } }", { id: made.gid });
  address = `${api.url}${data.datasource.callsUrl}`;
});
const fetchAs = (who: Visitor) => fetch(`${address}?organisation=${owner.slug}`, { headers: { cookie: who.cookie } });

test("the ledger of calls is taken away whole, by hour, with nothing in it that a spreadsheet would run", async () => {
  await api.owner
    .sql`insert into calls (organisation_id, datasource_id, hour, method, path, calls, failures, throttled, bytes)
    values (${owner.organisationId}, ${made.id}, '2026-11-20T09:00:00Z', 'POST', '=1+1', 1, 0, 0, 9)`;
  await api.owner
    .sql`insert into calls (organisation_id, datasource_id, hour, method, path, calls, failures, throttled, bytes)
    select ${owner.organisationId}, ${made.id}, '2026-11-20T10:00:00Z'::timestamptz + n / 3 * interval '1 hour', 'POST', 'orders ' || n % 3, 3, 1, 2, 400
    from generate_series(0, 2499) as n`;
  const viewer = await joinAs(api, owner, "viewer");
  const answer = await fetchAs(viewer);
  expect(answer.status).toBe(200);
  expect(answer.headers.get("content-type")).toBe("text/csv; charset=utf-8");
  expect(answer.headers.get("cache-control")).toBe("no-store");
  expect(answer.headers.get("content-disposition")).toMatch(
    /^attachment; filename="shopify-calls-\d{4}-\d\d-\d\d\.csv"$/u,
  );
  const [head, first, second, ...rest] = (await answer.text()).split("\r\n");
  expect(head?.slice(-62)).toBe('"hour","method","call","calls","failed","slowed","bytes"'.slice(-62));
  expect(first).toBe('"2026-11-20T09:00:00.000Z","POST","\'=1+1","1","0","0","9"');
  expect(second).toBe('"2026-11-20T10:00:00.000Z","POST","orders 0","3","1","2","400"');
  expect(rest.at(-1)).toBe("");
  expect(new Set(rest.slice(0, -1)).size, "each once").toBe(2_499);
});

test("it is for whoever may read the datasource", async () => {
  const { secret } = await makeToken(owner, ["READ"]);
  const bearer = (text: string) => ({ headers: { authorization: `Bearer ${text}` } });
  expect((await fetch(address, bearer(secret))).status).toBe(200);
  const uploads = await makeToken(owner, ["COSTS_UPLOAD"]);
  expect((await fetch(address, bearer(uploads.secret))).status).toBe(403);
  expect((await fetch(address)).status).toBe(401);
  const stranger = await signUp(api);
  expect((await fetchAs(stranger)).status).toBe(403);
  expect((await fetch(address, { headers: { cookie: stranger.cookie } })).status).toBe(404);
  expect((await fetch(address.replace(/[^/]+(?=\/calls)/u, "nothing"), bearer(secret))).status).toBe(404);
  expect((await fetch(address, { method: "POST", ...bearer(secret) })).status).toBe(405);
});

test("every change to a past day is taken away whole, the newest first, and of no other account", async () => {
  const { data } = await owner.ask("query ($id: ID!) { datasource(id: $id) { restatementsUrl } }", { id: made.gid });
  const other = await makeDatasource(api, owner.organisationId);
  for (const { accountId } of [made, other])
    await api.owner.sql`
      insert into restatements (organisation_id, account_id, metric, day, currency, before, after, cause, at)
      select ${owner.organisationId}, ${accountId}, 'net_sales', '2026-11-09', 'INR', null, n, 'edit',
        '2026-11-20T10:00:00Z'::timestamptz + n / 3 * interval '1 second' from generate_series(0, 2499) as n`;
  const answer = await fetch(`${api.url}${data.datasource.restatementsUrl}?organisation=${owner.slug}`, {
    headers: { cookie: owner.cookie },
  });
  expect(answer.headers.get("content-disposition")).toMatch(/^attachment; filename="shopify-restatements-/u);
  const [head, first, ...rest] = (await answer.text()).split("\r\n");
  expect(head).toContain('"changed","day","metric","currency","before","after","cause","run"');
  expect(first).toBe('"2026-11-20T10:13:53.000Z","2026-11-09","net_sales","INR","","2499","edit",""');
  expect(rest.at(-1)).toBe("");
  expect(new Set(rest.slice(0, -1)).size, "each once").toBe(2_499);
});
