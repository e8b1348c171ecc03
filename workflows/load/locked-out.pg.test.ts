// A worker's network died in the middle of a statement, and its session holds what the next one needs.
import type { Page } from "@headwater/connectors/contract.ts";
import { inTenant, openDatabase } from "@headwater/db";
import { expect, inject, test } from "vitest";
import { makeRig, options } from "./testing/rig.ts";
import { order, scripted, scriptedConnector } from "./testing/scripted-source.ts";
import { workOnSlice } from "./work-on-slice.ts";

const page: Page = { kind: "records", records: [order("1")], rejected: [], cursor: { next: 9 }, done: true };

test("a write that is locked out by a session nobody hears of any more ends that, and is done", async () => {
  const rig = await makeRig(inject("postgresUrl"), scriptedConnector({ pages: scripted([]) }));
  const [dead, impatient] = [
    openDatabase({ url: rig.workerUrl }),
    openDatabase({ url: `${rig.workerUrl}?lock_timeout=1s` }),
  ];
  const { promise: isHeld, resolve: held } = Promise.withResolvers<void>();
  const hold = (): Promise<unknown> =>
    inTenant(dead, rig.ref.organisationId, async ({ sql }) => {
      await sql`create temporary table sent (line text) on commit drop`;
      await sql`select 1 from datasources where id = ${rig.ref.datasourceId} for update`;
      const sink = await sql`copy sent from stdin`.writable();
      held();
      await new Promise((_, reject) => void sink.once("error", reject));
    });
  let ended: Promise<unknown> = Promise.resolve();
  rig.use(
    scriptedConnector({
      pages: async function* pages(): AsyncGenerator<Page> {
        ended = hold().catch((error: unknown) => error);
        await isHeld;
        yield page;
      },
    }),
  );
  expect(await workOnSlice({ ...rig.deps, sql: impatient.sql }, await rig.slice(), options())).toMatchObject({
    kind: "done",
  });
  expect(await ended).toBeInstanceOf(Error);
  await Promise.all([dead, impatient].map((each) => each.close()));
  await rig.close();
});
