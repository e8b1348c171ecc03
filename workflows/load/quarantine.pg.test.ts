// What could not be stored is kept until the same object can be: then nothing of it is left to look at.
import type { RunKind } from "@headwater/db/schema/values.ts";
import { expect, test } from "vitest";
import {
  nameOfDays,
  type RecordKind,
  type RejectedRecord,
  type SourceRecord,
  type WholeDays,
} from "@headwater/connectors/records.ts";
import { inOrganisation } from "./fence.ts";
import { keepAside } from "./quarantine.ts";
import { ownRig } from "./testing/own-rig.ts";
import { options } from "./testing/rig.ts";
import { line, order, scriptedConnector } from "./testing/scripted-source.ts";
import { workOnSlice } from "./work-on-slice.ts";

const rig = ownRig();

let n = 0;
interface Of {
  kinds?: readonly RecordKind[];
  whole?: readonly WholeDays[];
}
const read = async (
  kind: RunKind,
  records: SourceRecord[],
  rejected: RejectedRecord[] = [],
  { kinds, whole = [] }: Of = {},
): Promise<void> => {
  rig.use(
    scriptedConnector({
      pages: async function* pages() {
        yield { kind: "records", records, rejected, cursor: { next: 1 }, done: true, whole };
      },
      ...(kinds && { stream: { kinds } }),
    }),
  );
  expect(await workOnSlice(rig.deps, await rig.slice(kind, (n += 1)), options())).toMatchObject({ kind: "done" });
};
const kept = () => rig.owner`select kind, source_id as id, reason from quarantine order by kind, source_id`;
const refused = (kind: RejectedRecord["kind"], id: string): RejectedRecord => ({
  kind,
  id,
  reason: "missing",
  detail: "currency",
  document: "{}",
});

test.each(["backfill", "resync"] as const)("a record that maps in a later %s leaves the quarantine", async (kind) => {
  await read("backfill", [order("a", { total: "one" }), order("c", { total: "two" })], [refused("order", "b")]);
  expect(await kept()).toHaveLength(3);
  await read(kind, [order("a"), order("b"), order("c", { total: "two" })]);
  expect(await kept()).toEqual([{ kind: "order", id: "c", reason: "notDecimal" }]);
});

test("another kind with the same id heals nothing, and text that came clean is kept aside no longer", async () => {
  await read("backfill", [order("a", { name: "A\0" }), order("x")], [refused("orderLine", "x")]);
  expect(await kept()).toEqual([
    { kind: "order", id: "a", reason: "textReplaced" },
    { kind: "orderLine", id: "x", reason: "missing" },
  ]);
  await read("backfill", [order("a"), order("x"), line("l", "x")]);
  expect(await kept()).toEqual([{ kind: "orderLine", id: "x", reason: "missing" }]);
});

test("a record that is refused again stands since it was refused first, as it came last", async () => {
  await read("sync", [order("a")], [refused("order", "b")]);
  await rig.owner`update quarantine set at = at - interval '3 hours'`;
  const first = await rig.owner`select at from quarantine`;
  await read("sync", [], [{ ...refused("order", "b"), document: "again" }, refused("order", "c")]);
  expect(
    await rig.owner`select source_id as id, convert_from(document, 'UTF8') as came, at from quarantine order by 1`,
  ).toEqual([
    { id: "b", came: "again", at: first[0]?.["at"] },
    { id: "c", came: "{}", at: expect.any(Date) },
  ]);
  expect((await rig.owner`select 1 from quarantine where at > ${first[0]?.["at"]}`).count, "the other since now").toBe(
    1,
  );
});

test("what has no id is kept once, however often it comes, and each of several is", async () => {
  const nameless = (document: string): RejectedRecord => ({ ...refused("order", ""), id: null, document });
  await read("sync", [order("a")], [nameless("one"), nameless("two")]);
  await rig.owner`update quarantine set at = at - interval '3 hours'`;
  const first = await rig.owner`select at from quarantine limit 1`;
  await read("sync", [], [nameless("one"), nameless("two"), nameless("three")]);
  expect(await rig.owner`select convert_from(document, 'UTF8') as came, at from quarantine order by at, came`).toEqual([
    { came: "one", at: first[0]?.["at"] },
    { came: "two", at: first[0]?.["at"] },
    { came: "three", at: expect.any(Date) },
  ]);
});

test("refused for something else it is one record still, since then; and it takes no place of another kind", async () => {
  await read("sync", [order("a")], [refused("order", "b"), refused("orderLine", "b")]);
  await rig.owner`update quarantine set at = at - interval '3 hours'`;
  await read("sync", [], [{ ...refused("order", "b"), reason: "notDecimal" }]);
  expect(
    await rig.owner`select kind, reason, at > now() - interval '1 hour' as "isNew" from quarantine order by kind`,
  ).toEqual([
    { kind: "order", reason: "notDecimal", isNew: true },
    { kind: "orderLine", reason: "missing", isNew: false },
  ]);
});

test.each(["backfill", "resync"] as const)(
  "rows of days without a name are over once a %s gives the days whole",
  async (kind) => {
    const days = { part: "placed", from: "2026-03-01", until: "2026-03-05" };
    const nameless = (of: typeof days): RejectedRecord => refused("messageDay", nameOfDays(of));
    const others = [
      nameless({ ...days, part: "sent" }),
      nameless({ ...days, from: "2026-02-28" }),
      nameless({ ...days, until: "2026-03-06" }),
    ];
    const byDay = { kinds: ["messageDay"] as const };
    await read("backfill", [], [nameless(days), nameless(days), ...others], byDay);
    expect(await kept()).toHaveLength(5);
    const claim = { kind: "messageDay", ...days, since: "2026-03-10T00:00:00Z" } as const;
    await read(kind, [], [nameless(days)], { ...byDay, whole: [claim] });
    expect(await kept(), "refused beside the claim, it is none").toHaveLength(4);
    await read(kind, [], [], { ...byDay, whole: [claim] });
    expect(new Set((await kept()).map(({ id }) => id))).toEqual(new Set(others.map(({ id }) => id)));
  },
);

test.each(["sync", "resync"] as const)("days that a %s of one stream gives whole heal no other's", async (kind) => {
  const days = { part: "campaign", from: "2026-03-01", until: "2026-03-05" };
  const byDay = { kinds: ["adDay"] as const };
  await read("backfill", [], [refused("adDay", nameOfDays(days))], byDay);
  await rig.owner`update quarantine set stream = 'adsByDay'`;
  await read("backfill", [], [refused("adDay", nameOfDays(days))], byDay);
  expect(await rig.owner`select stream from quarantine order by 1`).toEqual([
    { stream: "adsByDay" },
    { stream: "orders" },
  ]);
  const claim = { kind: "adDay", ...days, since: "2026-03-10T00:00:00Z" } as const;
  await read(kind, [], [], { ...byDay, whole: [claim] });
  expect(await rig.owner`select stream from quarantine`).toEqual([{ stream: "adsByDay" }]);
});

test("a batch that is refused looks at no more than it brings, however much was refused before", async () => {
  const { organisationId, datasourceId } = rig.ref;
  const run = rig.run("sync", (n += 1));
  const rejected = (name: string) => ({
    kind: "order" as const,
    sourceId: null,
    reason: "missing",
    detail: "currency",
    document: Buffer.from(name),
  });
  const again = Array.from({ length: 500 }, (_, at) => rejected(`document ${at + 1}`));
  await rig.owner`
    insert into quarantine (organisation_id, datasource_id, stream, kind, reason, document)
    select ${organisationId}, ${datasourceId}, 'orders', 'order', 'missing', convert_to('document ' || n, 'UTF8')
    from generate_series(1, 20000) n`;
  const looked = await inOrganisation(rig.deps.sql, run, async (tx) => {
    await keepAside(tx, { run, owner: { accountId: rig.accountId }, stream: "orders" }, again);
    const [row] = await tx<{ rows: number }[]>`
      select (seq_tup_read + idx_tup_fetch)::int as rows from pg_stat_xact_user_tables where relname = 'quarantine'`;
    return row?.rows;
  });
  expect(looked).toBeLessThan(2 * again.length + 1);
  expect((await rig.owner`select 1 from quarantine`).count).toBe(20_000);
});
