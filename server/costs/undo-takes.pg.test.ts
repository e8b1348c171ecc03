// What an undo of a file takes with it goes by when each was taken, not by when it was given.
import { expect, test } from "vitest";
import { globalId, idIn } from "../graphql/node.ts";
import { connectCosts } from "../testing/mutations.ts";
import { ownApi } from "../testing/own-api.ts";
import { signUp } from "../testing/visitor.ts";

const api = ownApi();

test("those taken after it go with it, newest first, whenever they were given; none that does not count", async () => {
  const owner = await signUp(api);
  const costs = await connectCosts(api, owner);
  const datasource = idIn("Datasource", costs) ?? "";
  const rows = await api.owner.sql<{ id: string; filename: string }[]>`
    insert into uploads (organisation_id, datasource_id, how, filename, by, mode, size, sha256, state, version, created_at)
    select ${owner.organisationId}, ${datasource}, 'api', f.name, '{"kind":"system","name":"test"}', 'upsert', 1, '0', f.state,
      f.version, now() - f.ago::interval
    from (values ('morning.csv', 'committed', 2, '4 hours'), ('noon.csv', 'committed', 3, '2 hours'),
      ('waited.csv', 'committed', 5, '1 day'), ('undone.csv', 'undone', 4, '1 hour'),
      ('waits.csv', 'needs_confirmation', 6, '1 minute'), ('before.csv', 'committed', 1, '5 minutes'))
      as f (name, state, version, ago) returning id, filename`;
  await api.owner.sql`insert into cost_books (organisation_id, datasource_id, head, last_version)
    values (${owner.organisationId}, ${datasource}, 5, 6)`;
  const takes = async (name: string): Promise<string[]> => {
    const id = globalId("Upload", rows.find(({ filename }) => filename === name)?.id ?? "");
    const { data } = await owner.ask(
      `query ($id: ID!) { node(id: $id) { ... on Upload { undoTakes { filename } } } }`,
      { id },
    );
    return data.node.undoTakes.map(({ filename }: { filename: string }) => filename);
  };
  expect(await takes("morning.csv")).toEqual(["waited.csv", "noon.csv"]);
  expect(await takes("waited.csv")).toEqual([]);
  expect(await takes("waits.csv")).toEqual([]);
  expect(await takes("undone.csv")).toEqual([]);
  const idOf = (name: string) => rows.find(({ filename }) => filename === name)?.id ?? "";
  const upload = globalId("Upload", idOf("morning.csv"));
  const undo = async (idempotencyKey: string, ...seen: string[]) =>
    (
      await owner.ask(
        `mutation ($i: UndoUploadInput!) { undoUpload(input: $i) { is: __typename ... on UserError { message remedy { kind } } } }`,
        { i: { upload, takes: seen.map((name) => globalId("Upload", idOf(name))), idempotencyKey } },
      )
    ).data.undoUpload;
  expect(await undo("unseen", "noon.csv"), "one that was taken since they were looked at").toEqual({
    is: "UploadRefused",
    message: "waited.csv was taken since, and would go with it.",
    remedy: null,
  });
  expect(await undo("seen", "waited.csv", "noon.csv")).toEqual({ is: "UndoUploadSuccess" });
  expect(await undo("seen", "waited.csv", "noon.csv"), "sent again").toEqual({ is: "UndoUploadSuccess" });
  expect(await undo("seen", "waited.csv"), "the same key for another question").toMatchObject({
    is: "KeyReused",
  });
  const [asked] = await api.owner.sql`select confirm from uploads where id = ${idOf("morning.csv")}`;
  expect(asked, "what is taken until a worker comes is not among them").toEqual({
    confirm: { undoTakes: [idOf("waited.csv"), idOf("noon.csv")] },
  });
});
