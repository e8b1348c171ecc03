import { expect, inject, test } from "vitest";
import { startApi } from "../testing/api.ts";
import { signUp } from "../testing/visitor.ts";

test("what takes too long ends at the database too, keeps nothing, and holds up nobody else", async () => {
  const executionMs = 400;
  const api = await startApi(inject("postgresUrl"), { executionMs, databaseConnections: 4 });
  try {
    const person = await signUp(api);
    const answers: { readonly code: unknown; readonly after: number }[] = [];
    await api.owner.sql.begin(async (sql) => {
      await sql`lock table datasources in access exclusive mode`;
      await sql`select 1 from organisations where id = ${person.organisationId} for update`;
      for (const document of [
        "{ datasources(first: 1) { nodes { name } } }",
        `mutation { dismissOnboarding(input: { isDismissed: true }) { is: __typename } }`,
      ]) {
        const began = performance.now();
        const { errors } = await person.ask(document);
        answers.push({ code: errors?.[0]?.extensions["code"], after: performance.now() - began });
      }
    });
    for (const { code, after } of answers) {
      expect(code).toBe("TIMEOUT");
      expect(after).toBeLessThan(executionMs * 6);
    }
    const waiting = await api.owner.sql`
      select 1 from pg_stat_activity where application_name = 'headwater api' and wait_event_type = 'Lock'`;
    expect(waiting).toHaveLength(0);
    const { data } = await person.ask("{ organisation { name onboarding { dismissedAt } } }");
    expect(data.organisation.onboarding.dismissedAt).toBeNull();
  } finally {
    await api.close();
  }
});
