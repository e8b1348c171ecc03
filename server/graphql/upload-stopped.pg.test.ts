// A file that is on its way while its datasource is stopped says what stops it; one that nobody asked anything of does not.
import { beforeAll, expect, test } from "vitest";
import { globalId } from "./node.ts";
import { connectCosts, give } from "../testing/mutations.ts";
import { ownApi } from "../testing/own-api.ts";
import { makeToken, signUp } from "../testing/visitor.ts";
import type { Visitor } from "../testing/visitor.ts";

const api = ownApi();
let owner: Visitor;
let costs = "";
let token = "";

beforeAll(async () => {
  owner = await signUp(api);
  costs = await connectCosts(api, owner);
  token = (await makeToken(owner, ["COSTS_UPLOAD"])).secret;
});

const bearer = () => ({ authorization: `Bearer ${token}` });

/** As it stands before a worker takes it up. */
async function fileAsked(asked: string | null): Promise<string> {
  const answer = await fetch(`${api.url}/v1/datasources/${encodeURIComponent(costs)}/uploads`, {
    method: "POST",
    headers: { "content-type": "application/json", ...bearer() },
    body: JSON.stringify({ filename: "rent.csv", size: 9, sha256: "0".repeat(64) }),
  });
  const { upload_id: id } = await answer.json();
  await api.owner.sql`update uploads set state = 'needs_confirmation', reason = '{"code":"ready"}', percent = 100,
    asked = ${asked}, asked_at = now() where id = ${id}`;
  return id;
}

const told = async (id: string) => {
  const page = await owner.ask(
    `{ node(id: "${globalId("Upload", id)}") { ... on Upload { state reason { code by { name } } } } }`,
  );
  const program = await (await fetch(`${api.url}/v1/uploads/${id}`, { headers: bearer() })).json();
  return { ...page.data.node, program: [program.state, program.reason] };
};

test("confirmed, and then paused: who stopped it is told, until it goes on", async () => {
  const [confirmed, waiting] = [await fileAsked("commit"), await fileAsked(null)];
  expect(await told(confirmed)).toEqual({ state: "VALIDATING", reason: null, program: ["validating", null] });
  expect((await give(owner, "pause", costs)).is).toBe("PauseDatasourceSuccess");
  expect(await told(confirmed)).toEqual({
    state: "VALIDATING",
    reason: { code: "pausedByPerson", by: { name: expect.any(String) } },
    program: ["validating", "pausedByPerson"],
  });
  expect(await told(waiting)).toMatchObject({ state: "NEEDS_CONFIRMATION", reason: { code: "ready" } });
  expect((await give(owner, "resume", costs)).is).toBe("ResumeDatasourceSuccess");
  expect(await told(confirmed)).toMatchObject({ reason: null, program: ["validating", null] });
});
