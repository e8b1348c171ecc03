import { expect, inject, test } from "vitest";
import { startApi } from "../testing/api.ts";
import { signUp } from "../testing/visitor.ts";

test("what takes too long ends at the database too, keeps nothing, and holds up nobody else", async () => {
  // Long enough for a busy machine to sign somebody up in.
  const executionMs = 5_000;
  const api = await startApi(inject("postgresUrl"), { executionMs, databaseConnections: 4 });
  try {
    const person = await signUp(api);
    const codes: unknown[] = [];
    const waiting = () => api.owner.sql`
      select 1 from pg_stat_activity where application_name = 'headwater api' and datname = current_database() and wait_event_type = 'Lock'`;
    await api.owner.sql.begin(async (sql) => {
      await sql`lock table datasources in access exclusive mode`;
      await sql`select 1 from organisations where id = ${person.organisationId} for update`;
      for (const document of [
        "{ datasources(first: 1) { nodes { name } } }",
        `mutation { dismissOnboarding(input: { isDismissed: true }) { is: __typename } }`,
      ]) {
        const { errors } = await person.ask(document);
        codes.push(errors?.[0]?.extensions["code"]);
        await expect.poll(waiting).toHaveLength(0);
      }
    });
    expect(codes).toEqual(["TIMEOUT", "TIMEOUT"]);
    // Asked again where a busy machine takes too long even for that.
    const kept = async () => (await person.ask("{ organisation { onboarding { dismissedAt } } }")).data?.organisation;
    await expect.poll(kept).toEqual({ onboarding: { dismissedAt: null } });
  } finally {
    await api.close();
  }
});
