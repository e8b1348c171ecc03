// A file that is on its way while its datasource is stopped says what stops it; one that nobody asked anything of does not.
import { beforeAll, expect, test } from "vitest";
import { globalId } from "./node.ts";
import { signUpWithCosts } from "../testing/costs.ts";
import type { CostsOwner } from "../testing/costs.ts";
import { give } from "../testing/mutations.ts";
import { ownApi } from "../testing/own-api.ts";

const api = ownApi();
let its: CostsOwner;
beforeAll(async () => {
  its = await signUpWithCosts(api);
});

/** As it stands before a worker takes it up. */
async function fileAsked(asked: string | null): Promise<string> {
  const { upload_id: id } = await (await its.announce()).json();
  await api.owner.sql`update uploads set state = 'needs_confirmation', reason = '{"code":"ready"}', percent = 100,
    asked = ${asked}, asked_at = now() where id = ${id}`;
  return id;
}

const told = async (id: string) => {
  const page = await its.owner.ask(
    `{ node(id: "${globalId("Upload", id)}") { ... on Upload { state reason { code by { name } } } } }`,
  );
  const program = await (await fetch(`${api.url}/v1/uploads/${id}`, { headers: its.bearer })).json();
  return { ...page.data.node, program: [program.state, program.reason] };
};

test("confirmed, and then paused: who stopped it is told, until it goes on", async () => {
  const [confirmed, waiting] = [await fileAsked("commit"), await fileAsked(null)];
  expect(await told(confirmed)).toEqual({ state: "VALIDATING", reason: null, program: ["validating", null] });
  expect((await give(its.owner, "pause", its.costs)).is).toBe("PauseDatasourceSuccess");
  expect(await told(confirmed)).toEqual({
    state: "VALIDATING",
    reason: { code: "pausedByPerson", by: { name: expect.any(String) } },
    program: ["validating", "pausedByPerson"],
  });
  expect(await told(waiting)).toMatchObject({ state: "NEEDS_CONFIRMATION", reason: { code: "ready" } });
  expect((await give(its.owner, "resume", its.costs)).is).toBe("ResumeDatasourceSuccess");
  expect(await told(confirmed)).toMatchObject({ reason: null, program: ["validating", null] });
});
