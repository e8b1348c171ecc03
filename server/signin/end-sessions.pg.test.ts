import { endSessions } from "@headwater/db/end-sessions.ts";
import { verifyAudit } from "@headwater/db/verify-audit.ts";
import { expect, test } from "vitest";
import { PASSWORD } from "../testing/api.ts";
import { ownApi } from "../testing/own-api.ts";
import { cookieIn, post, signUpAs } from "../testing/visitor.ts";

const api = ownApi();

const isIn = async (cookie: string) =>
  (await post(api, "/graphql", { query: "{me{name}}" }, { cookie })).status === 200;
const enter = (name: string) =>
  signUpAs(api, { name, email: `${name}@example.com`, password: PASSWORD, organisation: name });

test("an operator ends somebody's sessions, or everybody's: nobody is in any more, and their organisations' logs say so", async () => {
  const [mira, arjun] = [await enter("mira"), await enter("arjun")];
  const again = cookieIn(await post(api, "/api/auth/sign-in/email", { email: "mira@example.com", password: PASSWORD }));
  expect(await endSessions(api.owner, "Mira@example.com")).toBe(2);
  expect([await isIn(mira), await isIn(again), await isIn(arjun)]).toEqual([false, false, true]);
  expect(await endSessions(api.owner, "nobody@example.com")).toBe(0);
  expect(await endSessions(api.owner, "everybody")).toBe(1);
  expect(await isIn(arjun)).toBe(false);
  const told = await api.owner.sql`
    select o.name from audit_log a join organisations o on o.id = a.organisation_id
    where a.verb = 'session.ended' and a.actor->>'name' = 'operator' order by 1`;
  expect(told.map((row) => row["name"])).toEqual(["arjun", "mira"]);
  expect((await verifyAudit(api.owner)).faults).toEqual([]);
  await expect(endSessions(api.serving.services.db, "everybody"), "a role of the product").rejects.toThrow(
    /row-level/u,
  );
});
