/** Our numbers beside the source's own, and a gap between them in its parts. */
import { describe, expect, test } from "vitest";
import { ownSource } from "../testing/own-source.ts";

const { api, owner, made, of } = ownSource();

describe("spot checks", () => {
  const check = (
    metric: string,
    day: string,
    { ours, theirs, settled = true }: { ours: string; theirs: string | null; settled?: boolean },
  ) =>
    api.owner
      .sql`insert into spot_checks (organisation_id, datasource_id, metric, day, currency, ours, theirs, figure, settled)
      values (${owner.organisationId}, ${made.id}, ${metric}, ${day}, 'INR', ${ours}, ${theirs}, 'ordersCount', ${settled})`;
  const FIELDS = "metric title day ours theirs difference currency figure state checkedAt";

  test("ours beside theirs, newest day first, a page at a time, exact to the last digit", async () => {
    await check("orders", "2026-11-18", { ours: "41", theirs: "41" });
    await check("net_sales", "2026-11-19", { ours: "100.10", theirs: "100.3" });
    await check("orders", "2026-11-19", { ours: "7", theirs: "8", settled: false });
    await check("total_sales", "2026-11-19", { ours: "1", theirs: null });
    const first = (await of(`spotChecks(first: 3) { nodes { ${FIELDS} } pageInfo { endCursor hasNextPage } }`))
      .spotChecks;
    expect(first.nodes).toMatchObject([
      { metric: "net_sales", title: "Net sales", difference: "-0.2", currency: "INR", state: "DIFFERENT" },
      {
        metric: "orders",
        title: "Orders, test orders counted too",
        day: "2026-11-19",
        difference: "-1",
        currency: null,
        state: "NOT_SETTLED",
      },
      { metric: "total_sales", difference: null, state: "NO_FIGURE" },
    ]);
    expect(first.pageInfo.hasNextPage).toBe(true);
    const { spotChecks } = await of(
      `spotChecks(first: 3, after: "${first.pageInfo.endCursor}") { nodes { ${FIELDS} } }`,
    );
    expect(spotChecks.nodes).toMatchObject([{ metric: "orders", day: "2026-11-18", difference: "0", state: "EQUAL" }]);
  });

  test("a cursor of another list is refused", async () => {
    const { errors } = await owner.ask(
      `query ($id: ID!) { datasource(id: $id) { spotChecks(first: 1, after: "eHg") { nodes { day } } } }`,
      { id: made.gid },
    );
    expect(errors?.[0]?.extensions["code"]).toBe("INVALID_INPUT");
  });
});

const put = (day: string, theirs: string, parts: readonly object[]) =>
  api.owner
    .sql`insert into spot_checks (organisation_id, datasource_id, metric, day, currency, ours, theirs, figure, parts, explained)
    select ${owner.organisationId}, ${made.id}, 'orders', ${day}, 'INR', 37, ${theirs}, 'ordersCount', p,
      (select coalesce(sum((one->>'amount')::numeric), 0) from jsonb_array_elements(p) as one)
    from (select ${api.owner.sql.json(JSON.parse(JSON.stringify(parts)))}::jsonb as p) as given`;

test("a gap comes in parts that add up to it, each with a sentence in the reader's language", async () => {
  const tests = { because: "testOrders", amount: "-2", records: 2 };
  await put("2026-11-19", "40", [tests]);
  await put("2026-11-18", "39", [tests]);
  await put("2026-11-17", "37", []);
  const PARTS = "spotChecks(first: 5) { nodes { title state difference parts { cause amount records sentence } } }";
  const known = {
    cause: "DEFINITION",
    amount: "-2",
    records: 2,
    sentence: "Shopify counts test orders, we leave them out: 2 on this day.",
  };
  const rest = {
    cause: "UNEXPLAINED",
    amount: "-1",
    records: null,
    sentence: "Nothing on record explains this part.",
  };
  expect((await of(PARTS)).spotChecks.nodes).toEqual([
    { title: "Orders", state: "DIFFERENT", difference: "-3", parts: [known, rest] },
    { title: "Orders", state: "EXPLAINED", difference: "-2", parts: [known] },
    { title: "Orders", state: "EQUAL", difference: "0", parts: [] },
  ]);
  const hindi = await owner.ask(
    `query ($id: ID!) { datasource(id: $id) { ${PARTS} } }`,
    { id: made.gid },
    { "accept-language": "hi" },
  );
  expect(hindi.data.datasource.spotChecks.nodes[1].parts[0].sentence).toBe(
    "Shopify टेस्ट ऑर्डर गिनता है, हम नहीं गिनते: इस दिन 2।",
  );
});

test("what the source credits otherwise by now is attribution, what it reports otherwise timing", async () => {
  await put("2026-11-16", "41", [
    { because: "reportedAnew", amount: "-1", records: 1, first: [] },
    { because: "creditedAnew", amount: "-3", records: 2, first: [] },
  ]);
  const { spotChecks } = await of("spotChecks(first: 1) { nodes { state parts { cause sentence } } }");
  const since = "since we last read it; the next reading brings that here. Campaigns concerned:";
  expect(spotChecks.nodes).toEqual([
    {
      state: "EXPLAINED",
      parts: [
        { cause: "TIMING", sentence: `Shopify has changed this day ${since} 1.` },
        { cause: "ATTRIBUTION", sentence: `Shopify has credited purchases to this day anew ${since} 2.` },
      ],
    },
  ]);
});

test("a part names its first orders, each with where the shop shows it; a part from before they were kept names none", async () => {
  const first = [
    { id: "gid://shopify/Order/5001", name: "#1001" },
    { id: "kept under another id", name: "#1002" },
  ];
  await put("2026-11-16", "39", [{ because: "testOrders", amount: "-2", records: 2, first }]);
  await put("2026-11-15", "38", [{ because: "testOrders", amount: "-1", records: 1 }]);
  const RECORDS = "nodes { parts { records firstRecords { name url } } }";
  const [account] = await api.owner.sql<{ domain: string | null }[]>`
    select domain from accounts where organisation_id = ${owner.organisationId} and id = ${made.accountId}`;
  expect(account?.domain).toMatch(/\.myshopify\.com$/u);
  const { spotChecks } = await of(`spotChecks(first: 2) { ${RECORDS} }`);
  expect(spotChecks.nodes).toEqual([
    {
      parts: [
        {
          records: 2,
          firstRecords: [
            { name: "#1001", url: `http://sandbox.invalid/~/${account?.domain}/admin/orders/5001` },
            { name: "#1002", url: null },
          ],
        },
      ],
    },
    { parts: [{ records: 1, firstRecords: [] }] },
  ]);
});
