import { openDatabase } from "@headwater/db";
import { MockActivityEnvironment } from "@temporalio/testing";
import { DefaultLogger } from "@temporalio/worker";
import { randomUUID } from "node:crypto";
import { expect, inject, test } from "vitest";
import { BUDGET } from "../lifecycle/budget.ts";
import { loadPath } from "../load/load-path.ts";
import { makeRig, silent } from "../load/testing/rig.ts";
import { scripted, scriptedConnector } from "../load/testing/scripted-source.ts";
import { addCandidate, verifiedAs } from "../source/testing/candidate.ts";
import { RULES } from "../temporal/testing/rules.ts";
import type { WorkDeps } from "./deps.ts";
import { verify } from "./looking.ts";

test("a warning that access ends is over with the renewal itself, of everything on the same grant", async () => {
  const verified = verifiedAs("my-shop", ["read_orders"]);
  const account = {
    reaches: "one" as const,
    list: () => Promise.resolve([verified.account]),
    verify: () => Promise.resolve(verified),
  };
  const rig = await makeRig(inject("postgresUrl"), scriptedConnector({ pages: scripted([]), connector: { account } }));
  const db = openDatabase({ url: rig.workerUrl, max: 4, name: "renewal test" });
  try {
    const deps: WorkDeps = {
      db,
      log: silent,
      platformRules: () => RULES,
      budget: BUDGET,
      load: loadPath,
      loadDeps: rig.deps,
    };
    await rig.owner`update accounts set external_id = 'my-shop'`;
    await rig.owner`update grants set ends_at = now() + interval '2 days'`;
    await rig.owner`insert into datasources (organisation_id, id, platform, grant_id, name, phase, auth, connected_at)
      select organisation_id, ${randomUUID()}, platform, grant_id, 'Beside', 'LIVE', 'ok', now() from datasources`;
    await rig.owner`insert into notices (organisation_id, datasource_id, kind) select organisation_id, id, 'grantEnding' from datasources`;
    await addCandidate(rig, "the holder's");
    const endsAt = new Date(Date.now() + 60 * 86_400_000).toISOString();
    await rig.owner`update grants set holder = jsonb_build_object('candidate', jsonb_build_object('endsAt', ${endsAt}::text))`;
    const [row] = await rig.owner`select seq from datasources where id = ${rig.ref.datasourceId}`;
    const ref = { ...rig.ref, seq: Number(row?.["seq"]) + 1 };
    const environment = new MockActivityEnvironment(
      { attempt: 1 },
      { logger: new DefaultLogger("ERROR", () => undefined) },
    );
    const looked: unknown = await environment.run(() => verify(deps, ref));
    const notices = await rig.owner`select resolved_at is not null as over from notices where kind = 'grantEnding'`;
    expect(looked).toMatchObject({ saw: "proven" });
    expect([...notices]).toEqual([{ over: true }, { over: true }]);
  } finally {
    await db.close();
    await rig.close();
  }
});
