// A source that changes what it gives: how far it is said to be complete, and from where it is read again.
import type { Page, SliceSpec } from "@headwater/connectors/contract.ts";
import { expect, test } from "vitest";
import { syncOnce } from "./sync-once.ts";
import { ownRig } from "./testing/own-rig.ts";
import { options } from "./testing/rig.ts";
import { order, scriptedConnector } from "./testing/scripted-source.ts";

const rig = ownRig();

test("what a source gives in another shape holds back how far it is said to be complete, and is read again", async () => {
  const asked: SliceSpec[] = [];
  const came: Partial<Extract<Page, { kind: "records" }>>[] = [];
  rig.use(
    scriptedConnector({
      overlapMs: 0,
      pages: async function* pages(slice) {
        asked.push(slice);
        yield {
          kind: "records",
          records: [],
          rejected: [],
          cursor: { next: 1 },
          done: true,
          ...came[asked.length - 1],
        };
      },
    }),
  );
  const complete = async () => {
    const [row] = await rig.owner<[{ complete_through: Date | null }]>`select complete_through from datasources`;
    return row.complete_through;
  };
  const refused = { kind: "order", id: "b", reason: "missing", detail: "total", document: "{}" } as const;
  came.push({ records: [order("a")] }, { rejected: [refused] }, {}, {}, { records: [order("b")] }, {});
  const sync = (n: number) => syncOnce(rig.deps, rig.run("sync", n), options());
  await sync(1);
  const whole = await complete();
  await sync(2);
  expect(await complete()).toEqual(whole);
  await rig.owner`insert into notices (organisation_id, datasource_id, kind) select organisation_id, id, 'shapeChanged' from datasources`;
  await sync(3);
  expect(await complete()).toEqual(whole);
  await sync(4);
  expect(asked[3]?.from).toEqual(whole);
  await sync(5);
  await rig.owner`update notices set resolved_at = now()`;
  await sync(6);
  expect((await complete())?.getTime()).toBeGreaterThan(whole?.getTime() ?? 0);
});
