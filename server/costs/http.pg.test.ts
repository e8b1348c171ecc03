// The doors under /v1: who may bring a file, that exactly the announced bytes are taken once, and that nobody else hears of it.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { once } from "node:events";
import { request } from "node:http";
import type { IncomingMessage } from "node:http";
import { join } from "node:path";
import { beforeAll, expect, inject, test } from "vitest";
import { globalId } from "../graphql/node.ts";
import { startApi } from "../testing/api.ts";
import { connectCosts } from "../testing/mutations.ts";
import { ownApi } from "../testing/own-api.ts";
import { makeToken, signUp } from "../testing/visitor.ts";
import type { Visitor } from "../testing/visitor.ts";

const api = ownApi();
let owner: Visitor;
let costs = "";
let token = "";
const csv = "date,cost_type,amount\n2026-11-01,fixed,3000.00\n";
const sha256 = createHash("sha256").update(csv).digest("hex");

beforeAll(async () => {
  owner = await signUp(api);
  costs = await connectCosts(api, owner);
  token = (await makeToken(owner, ["COSTS_UPLOAD"])).secret;
});

const bearer = (secret: string) => ({ authorization: `Bearer ${secret}` });
const announce = (headers: Record<string, string>, more: object = {}) =>
  fetch(`${api.url}/v1/datasources/${encodeURIComponent(costs)}/uploads`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify({ filename: "../../etc/costs.csv", size: csv.length, sha256, ...more }),
  });
const put = (address: string, body: string) => {
  const { pathname, search } = new URL(address);
  return fetch(`${api.url}${pathname}${search}`, { method: "PUT", body });
};

test("a token announces a file, its bytes are taken once and lie sealed, and it can be asked how they fare", async () => {
  const announced = await announce(bearer(token));
  expect(announced.status).toBe(201);
  const { upload_id: id, put_url: address } = await announced.json();
  expect((await put(address, csv)).status).toBe(201);
  expect((await put(address, csv)).status).toBe(409);
  const told = await fetch(`${api.url}/v1/uploads/${id}`, { headers: bearer(token) });
  expect(await told.json()).toMatchObject({ id, state: "received" });
  const [row] = await api.owner.sql`select filename from uploads where id = ${id}`;
  expect(row).toEqual({ filename: "costs.csv" });
  expect(readdirSync(api.uploadsFolder)).toEqual([id]);
  expect(readFileSync(join(api.uploadsFolder, id)).includes(Buffer.from("3000.00"))).toBe(false);
  expect(api.rings.length).toBeGreaterThan(0);
});

test("what it should come to is kept with it, told beside what it comes to, and asked about once it is a sum", async () => {
  const totals = [{ currency: "INR", amount: "3000.1" }];
  const { upload_id: id, put_url: address } = await (await announce(bearer(token), { expected_totals: totals })).json();
  expect((await put(address, csv)).status).toBe(201);
  const sum = { costType: "fixed", currency: "INR", amount: "3000", count: 1 };
  await api.owner
    .sql`update uploads set state = 'needs_confirmation', totals = ${api.owner.sql.json([sum])} where id = ${id}`;
  const told = await (await fetch(`${api.url}/v1/uploads/${id}`, { headers: bearer(token) })).json();
  expect(told.expected_totals).toEqual([{ currency: "INR", expected: "3000.1", found: "3000", difference: "-0.1" }]);
  for (const wrong of [
    [{ currency: "inr", amount: "1" }],
    [{ currency: "INR", amount: "1e3" }],
    [...totals, ...totals],
  ])
    expect((await announce(bearer(token), { expected_totals: wrong })).status).toBe(400);
  const upload = globalId("Upload", id);
  const confirm = (more: string) =>
    owner.ask(`mutation { confirmUpload(input: { upload: "${upload}", goodRowsOnly: false, idempotencyKey: "${Math.random()}"${more} })
      { ... on ConfirmUploadSuccess { upload { expectedTotals { expected found difference } } } ... on UserError { message } } }`);
  const { data } = await confirm(', expectedTotals: [{ currency: "INR", amount: "2999" }], acceptDifference: true');
  expect(data.confirmUpload.upload.expectedTotals).toEqual([{ expected: "2999", found: "3000", difference: "1" }]);
  const [row] = await api.owner.sql`select confirm->'otherTotal' as taken from uploads where id = ${id}`;
  expect(row).toEqual({ taken: true });
});

test("an unknown SKU is told with the nearest known one; put right, it is kept beside the file, once, and on record", async () => {
  const { upload_id: id } = await (await announce(bearer(token))).json();
  const { sql } = api.owner;
  await sql`update uploads set state = 'needs_confirmation', survey = ${sql.json({ headers: ["Artikel", "amount"] })},
    mapping = ${sql.json({ targets: { Artikel: "sku" }, answers: { decimal: ",", dateOrder: { date: "DMY" } } })} where id = ${id}`;
  await sql`insert into upload_findings (organisation_id, upload_id, line, n, column_name, code, severity, value)
    select organisation_id, id, 41 + n, 0, 'Artikel', 'W_SKU_UNKNOWN', 'warning', (array['MM-204', 'QQ-1'])[n + 1] from uploads, generate_series(0, 1) as n where id = ${id}`;
  await sql`insert into variants (organisation_id, account_id, id, version_at, product_id, sku)
    select ${owner.organisationId}, gen_random_uuid(), n, now(), '1', n from unnest(array['MM-024', 'MM-201', 'XX-1']) as n`;
  const upload = globalId("Upload", id);
  const told = async () => {
    const { data } = await owner.ask(
      `{ node(id: "${upload}") { ... on Upload { findings(first: 9) { nodes { line nearest } } mapping { corrections { column line was value } } } } }`,
    );
    return data.node;
  };
  expect((await told()).findings.nodes).toEqual([
    { line: "41", nearest: "MM-024" },
    { line: "42", nearest: null },
  ]);
  const say = async (key: string, more: string) => {
    const { data, errors } = await owner.ask(
      `mutation { setUploadMapping(input: { upload: "${upload}", idempotencyKey: "${key}", ${more} }) { __typename ... on UserError { message } } }`,
    );
    expect(errors).toBeUndefined();
    return data.setUploadMapping.__typename;
  };
  const right = 'corrections: [{ column: "Artikel", was: "MM-204", value: "MM-024" }]';
  expect(await say("right", right)).toBe("SetUploadMappingSuccess");
  expect(await say("right", right), "the same key").toBe("SetUploadMappingSuccess");
  expect((await told()).mapping.corrections).toEqual([
    { column: "Artikel", line: null, was: "MM-204", value: "MM-024" },
  ]);
  const record =
    await sql`select after->'corrections' as said from audit_log where after->>'upload' = ${id} and after->>'asked' = 'prepare'`;
  expect(record).toEqual([{ said: [{ column: "Artikel", was: "MM-204", value: "MM-024" }] }]);
  expect(
    await say(
      "more",
      'corrections: [{ column: "amount", line: "42", value: "7" }], dateOrders: [{ header: "to", order: "MDY" }]',
    ),
  ).toBe("SetUploadMappingSuccess");
  const [row] = await sql`select mapping from uploads where id = ${id}`;
  expect(row?.["mapping"], "what was said before holds").toEqual({
    targets: { Artikel: "sku" },
    answers: { decimal: ",", dateOrder: { date: "DMY", to: "MDY" } },
    corrections: [
      { column: "Artikel", was: "MM-204", value: "MM-024" },
      { column: "amount", line: 42, value: "7" },
    ],
  });
  for (const wrong of [
    'column: "none", line: "42"',
    'column: "amount"',
    'column: "amount", line: "1"',
    'column: "amount", line: "4", was: "x"',
  ])
    expect(await say(wrong.length.toString(), `corrections: [{ ${wrong}, value: "7" }]`), wrong).toBe("InvalidInput");
  const kept = [
    { column: "Artikel", was: "MM-204", value: "MM-024" },
    ...Array.from({ length: 199 }, (_, n) => ({ column: "amount", line: n + 100, value: "1" })),
  ];
  await sql`update uploads set mapping = ${sql.json({ corrections: kept })} where id = ${id}`;
  expect(await say("most", 'corrections: [{ column: "amount", line: "4", value: "7" }]')).toBe("InvalidInput");
  expect(await say("back", 'corrections: [{ column: "Artikel", was: "MM-204", value: null }]')).toBe(
    "SetUploadMappingSuccess",
  );
  expect((await told()).mapping.corrections).toHaveLength(199);
});

test("a file that is to be read again is being read, though nobody has begun", async () => {
  const { upload_id: id } = await (await announce(bearer(token))).json();
  const { sql } = api.owner;
  const STANDING = "state percent settledAt reason { code }";
  const told = async () => {
    const { data } = await owner.ask(`{ node(id: "${globalId("Upload", id)}") { ... on Upload { ${STANDING} } } }`);
    const rest = await (await fetch(`${api.url}/v1/uploads/${id}`, { headers: bearer(token) })).json();
    expect([rest.state.toUpperCase(), rest.reason], "over either way").toEqual([
      data.node.state,
      data.node.reason?.code ?? null,
    ]);
    return data.node;
  };
  const being = { state: "VALIDATING", percent: 0, settledAt: null, reason: null };
  for (const state of ["needs_confirmation", "held", "rejected"]) {
    const reason = sql.json({ code: "badRows" });
    await sql`update uploads set state = ${state}, reason = ${reason}, percent = 100, settled_at = now(), asked = null where id = ${id}`;
    expect(await told()).toMatchObject({ state: state.toUpperCase(), percent: 100, reason: { code: "badRows" } });
    const { data } =
      await owner.ask(`mutation { r: setUploadMapping(input: { upload: "${globalId("Upload", id)}", idempotencyKey: "${state}",
      addUpTwins: true }) { ... on SetUploadMappingSuccess { upload { ${STANDING} } } ... on UserError { message } } }`);
    expect(data.r.upload, state).toEqual(being);
    expect(await told(), state).toEqual(being);
  }
  await sql`update uploads set state = 'validating', percent = 40, asked = 'prepare' where id = ${id}`;
  expect(await told(), "begun").toMatchObject({ state: "VALIDATING", percent: 40, settledAt: null });
});

test("a file that was confirmed waits for nobody, though no worker has taken it: asked again at once it says the same", async () => {
  const { upload_id: id } = await (await announce(bearer(token))).json();
  const { sql } = api.owner;
  const told = async () => (await fetch(`${api.url}/v1/uploads/${id}`, { headers: bearer(token) })).json();
  const confirm = async (key: string) => {
    const { data } =
      await owner.ask(`mutation { r: confirmUpload(input: { upload: "${globalId("Upload", id)}", idempotencyKey: "${key}", goodRowsOnly: true })
        { ... on ConfirmUploadSuccess { command { id } upload { state percent reason { code } } } ... on UserError { message } } }`);
    return data.r;
  };
  for (const state of ["needs_confirmation", "held"]) {
    await sql`update uploads set state = ${state}, reason = '{"code":"badRows"}', percent = 100, asked = null where id = ${id}`;
    expect(await told()).toMatchObject({ state, reason: "badRows" });
    const first = await confirm(`take ${state}`);
    expect(first).toMatchObject({ upload: { state: "VALIDATING", percent: 100, reason: null } });
    expect(await confirm(`take ${state}`)).toEqual(first);
    expect(await told()).toMatchObject({ state: "validating", reason: null });
  }
  await sql`update uploads set asked = null, reason = '{"code":"totalDiffers"}' where id = ${id}`;
  expect(await told(), "it was not taken").toMatchObject({ state: "held", reason: "totalDiffers" });
});

test("more corrections than a file may have are counted before each is laid over the others", async () => {
  const { upload_id: id } = await (await announce(bearer(token))).json();
  await api.owner
    .sql`update uploads set state = 'needs_confirmation', survey = '{"headers":["amount"]}' where id = ${id}`;
  const { data } = await owner.ask(
    `mutation ($c: [CellCorrectionInput!]) { r: setUploadMapping(input: { upload: "${globalId("Upload", id)}", idempotencyKey: "flood", corrections: $c }) { is: __typename } }`,
    { c: Array.from({ length: 201 }, () => ({ column: "amount", line: "4", value: "7" })) },
  );
  expect(data.r.is).toBe("InvalidInput");
});

test("of a file that counts it is told whether it is still what stands, by kind of cost; of one that is gone, that", async () => {
  const { upload_id: id } = await (await announce(bearer(token))).json();
  const checkOf = async () => {
    const { data, errors } = await owner.ask(
      `{ node(id: "${globalId("Upload", id)}") { ... on Upload { check { state at sums { costType inFile ours rowsInFile ourRows isEqual } } } } }`,
    );
    expect(errors).toBeUndefined();
    return data.node.check;
  };
  const sums = [
    { costType: "fixed", currency: "INR", file: "3000", fileRows: 2, ours: "2999.5", ourRows: 1, isEqual: false },
  ];
  const { sql } = api.owner;
  await sql`update uploads set checked_at = now(), checked = ${sql.json({ state: "different", sums })} where id = ${id}`;
  expect(await checkOf(), "what does not count is nobody's").toBeNull();
  await sql`update uploads set state = 'committed' where id = ${id}`;
  const found = { costType: "fixed", inFile: "3000", ours: "2999.5", rowsInFile: "2", ourRows: "1", isEqual: false };
  expect(await checkOf()).toEqual({ state: "DIFFERENT", at: expect.any(String), sums: [found] });
  await sql`update uploads set erased_at = now(), checked = ${sql.json({ state: "equal", sums })} where id = ${id}`;
  expect(await checkOf()).toMatchObject({ state: "FILE_GONE", at: expect.any(String) });
});

test("a commit that says something else is another one; under one key it is refused, and doors say what they take", async () => {
  const { upload_id: id, put_url: address } = await (await announce(bearer(token))).json();
  expect((await put(address, csv)).status).toBe(201);
  const commit = (said: object, key?: string) =>
    fetch(`${api.url}/v1/uploads/${id}/commit`, {
      method: "POST",
      headers: {
        ...bearer(token),
        "content-type": "application/json",
        ...(key === undefined ? {} : { "idempotency-key": key }),
      },
      body: JSON.stringify(said),
    });
  const taken = async () =>
    (await api.owner.sql`select confirm->'otherTotal' as taken from uploads where id = ${id}`)[0];
  const first = await commit({});
  expect(first.status).toBe(202);
  expect((await first.json()).counts).toMatchObject({ rows: 0, errors: 0, inserted: 0, ignored: 0 });
  expect(await taken()).toEqual({ taken: null });
  expect((await commit({ accept_difference: true })).status).toBe(202);
  expect(await taken()).toEqual({ taken: true });
  expect((await commit({ accept_difference: true }, "mine")).status).toBe(202);
  expect((await commit({ accept_difference: true }, "mine")).status).toBe(202);
  const other = await commit({}, "mine");
  expect([other.status, (await other.json()).code]).toEqual([409, "KEY_REUSED"]);
  for (const [method, path, allow] of [
    ["GET", `uploads/${id}/commit`, "POST"],
    ["DELETE", `uploads/${id}`, "GET"],
    ["GET", `datasources/${costs}/uploads`, "POST"],
    ["POST", `uploads/${id}/file`, "PUT"],
  ] as const) {
    const refused = await fetch(`${api.url}/v1/${path}`, { method, headers: bearer(token) });
    expect([refused.status, refused.headers.get("allow")], `${method} ${path}`).toEqual([405, allow]);
  }
  const large = await announce(bearer(token), { size: 2 ** 40 });
  expect([large.status, (await large.json()).code]).toEqual([413, "E_TOO_LARGE"]);
});

test("the second word that a great loss needs is one given after being told of it", async () => {
  const { upload_id: id } = await (await announce(bearer(token), { mode: "replace_all" })).json();
  const { sql } = api.owner;
  const [datasource] = await sql`select name from datasources where organisation_id = ${owner.organisationId}`;
  const confirmed = async (key: string, reason: string) => {
    await sql`update uploads set state = 'needs_confirmation', reason = ${sql.json({ code: reason })} where id = ${id}`;
    const { data, errors } = await owner.ask(
      `mutation { confirmUpload(input: { upload: "${globalId("Upload", id)}", idempotencyKey: "${key}", goodRowsOnly: false, confirmText: "${datasource?.["name"]}" }) { __typename } }`,
    );
    expect([errors, data.confirmUpload.__typename]).toEqual([undefined, "ConfirmUploadSuccess"]);
    return (await sql`select confirm->'again' as again from uploads where id = ${id}`)[0]?.["again"];
  };
  expect(await confirmed("loss-1", "ready")).toBeNull();
  expect(await confirmed("loss-2", "badRows"), "of wrong rows he was told, not of the loss").toBeNull();
  expect(await confirmed("loss-3", "replaceAllShrinks")).toBe(true);
});

test("the report repeats a wrong row whole: cells beyond the header stand behind what to do, and are refused again", async () => {
  const { upload_id: id } = await (await announce(bearer(token))).json();
  const { sql } = api.owner;
  await sql`update uploads set state = 'needs_confirmation', survey = ${sql.json({ headers: ["date (1/2)", "amount", "date (2/2)"] })} where id = ${id}`;
  await sql`insert into upload_findings (organisation_id, upload_id, line, n, column_name, code, severity, value, cells)
    select organisation_id, id, 2, 0, null, 'E_EXTRA_CELLS', 'error', 'Rent', ${sql.json(["2026-11-01", "1", "250.00", "Rent", "=x"])} from uploads where id = ${id}
    union all select organisation_id, id, 3, 0, 'amount', 'E_NUMBER', 'error', 'x', ${sql.json(["2026-11-02", "x"])} from uploads where id = ${id}`;
  const answer = await fetch(`${api.url}/v1/uploads/${id}/report.csv`, { headers: bearer(token) });
  const lines = (await answer.text()).split("\r\n");
  expect(lines[0]?.slice(-44)).toBe('"date","amount","date","error_codes","how_to_fix"'.slice(-44));
  expect(lines[1]).toMatch(/^"2026-11-01","1","250.00","E_EXTRA_CELLS","[^"]+","Rent","'=x"$/);
  expect(lines[2]).toMatch(/^"2026-11-02","x","","E_NUMBER","[^"]+"$/);
});

test("other bytes than announced are no file of ours, and leave nothing behind", async () => {
  const before = readdirSync(api.uploadsFolder).length;
  for (const wrong of [csv.replace("3000", "4000"), `${csv}more`, csv.slice(1)]) {
    const { put_url: address } = await (await announce(bearer(token))).json();
    expect((await put(address, wrong)).status, wrong).toBeGreaterThanOrEqual(400);
    expect((await put(address, csv)).status).toBe(201); // the address is still good for the right ones
  }
  expect(readdirSync(api.uploadsFolder).filter((name) => name.endsWith(".part"))).toEqual([]);
  expect(readdirSync(api.uploadsFolder).length).toBe(before + 3);
});

test("an address that was changed, and one that has lapsed, take nothing", async () => {
  const { put_url: address } = await (await announce(bearer(token))).json();
  const other = String(address).replace(/signature=./, (named) => `signature=${named.endsWith("A") ? "B" : "A"}`);
  expect((await put(other, csv)).status).toBe(404);
  const now = api.clock.now;
  api.clock.now = new Date(now.getTime() + 16 * 60_000);
  expect((await put(address, csv)).status).toBeGreaterThanOrEqual(400);
  api.clock.now = now;
});

test("one file has one that brings it at a time, and no form is a file", async () => {
  const { put_url: address } = await (await announce(bearer(token))).json();
  const { pathname, search } = new URL(address);
  const slow = request(`${api.url}${pathname}${search}`, { method: "PUT", headers: { "content-type": "text/csv" } });
  const answered = once(slow, "response");
  slow.write(csv.slice(0, 5));
  await expect.poll(() => readdirSync(api.uploadsFolder).filter((name) => name.endsWith(".part")).length).toBe(1);
  expect((await put(address, csv)).status).toBe(409);
  slow.end(csv.slice(5));
  const [first]: IncomingMessage[] = await answered;
  first?.resume();
  expect(first?.statusCode).toBe(201);
  const form = new FormData();
  form.set("file", new Blob([csv]));
  const { put_url: other } = await (await announce(bearer(token))).json();
  const to = new URL(other);
  expect((await fetch(`${api.url}${to.pathname}${to.search}`, { method: "PUT", body: form })).status).toBe(415);
  expect((await announce({ ...bearer(token), "content-type": "text/plain" })).status).toBe(415);
});

test("whoever is no longer let in brings nothing in with an address of before", async () => {
  const leaving = await makeToken(owner, ["COSTS_UPLOAD"]);
  const { put_url: address, upload_id: id } = await (await announce(bearer(leaving.secret))).json();
  await api.owner.sql`update api_tokens set revoked_at = now() where organisation_id = ${owner.organisationId}
    and id = (select (by->>'tokenId')::uuid from uploads where id = ${id})`;
  expect((await put(address, csv)).status).toBe(403);
  expect(await api.owner.sql`select state from uploads where id = ${id}`).toEqual([{ state: "announced" }]);
  expect(readdirSync(api.uploadsFolder)).not.toContain(id);
});

test("the largest file that is taken is told as the deployment sets it, and one that is larger is refused", async () => {
  const most = async (from: Visitor) => (await from.ask(`{ uploadMegabytes }`)).data.uploadMegabytes;
  expect(await most(owner)).toBe(20);
  const tooLarge = await announce(bearer(token), { size: 20 * 1024 * 1024 + 1 });
  expect([tooLarge.status, (await tooLarge.json()).code]).toEqual([413, "E_TOO_LARGE"]);
  const larger = await startApi(inject("postgresUrl"), { costFileMegabytes: 30 });
  try {
    expect(await most(await signUp(larger))).toBe(30);
  } finally {
    await larger.close();
  }
});

test("nobody, a token that only reads, and another organisation get no further than the door", async () => {
  expect((await announce({})).status).toBe(401);
  const reading = await makeToken(owner, ["READ"]);
  expect((await announce(bearer(reading.secret))).status).toBe(403);
  const stranger = await signUp(api);
  const theirs = await makeToken(stranger, ["COSTS_UPLOAD"]);
  expect((await announce(bearer(theirs.secret))).status).toBe(404);
  const { upload_id: id } = await (await announce(bearer(token))).json();
  for (const path of [`/v1/uploads/${id}`, `/v1/uploads/${id}/report.csv`])
    expect((await fetch(`${api.url}${path}`, { headers: bearer(theirs.secret) })).status, path).toBe(404);
  const graphql = await fetch(`${api.url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", ...bearer(token) },
    body: JSON.stringify({ query: "{ datasources(first: 1) { totalCount } }" }),
  });
  expect((await graphql.json()).errors).toBeDefined(); // costs:upload reads nothing
});

test("templates are there for everybody; paths that are none are none", async () => {
  const { data } = await owner.ask(`{ uploadTemplates { url columns } }`);
  expect(data.uploadTemplates).toHaveLength(4);
  for (const { url, columns } of data.uploadTemplates) {
    const template = await fetch(`${api.url}${url}`);
    expect(template.status, url).toBe(200);
    expect(await template.text(), url).toContain(columns[0]);
  }
  expect((await fetch(`${api.url}/v1/uploads/nothing`, { headers: bearer(token) })).status).toBe(404);
});
