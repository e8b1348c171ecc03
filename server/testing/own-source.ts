/** For tests: an API of one file, and for each of its tests an owner with one datasource. */
import { beforeEach, expect } from "vitest";
import type { TestApi } from "./api.ts";
import { ownApi } from "./own-api.ts";
import { makeDatasource } from "./rows.ts";
import type { Made } from "./rows.ts";
import { signUp } from "./visitor.ts";
import type { GraphqlAnswer, Visitor } from "./visitor.ts";

type Asking = (selection: string, who?: Visitor) => Promise<GraphqlAnswer["data"]>;

interface OwnSource {
  readonly api: TestApi;
  readonly owner: Visitor;
  readonly made: Made;
  /** What is asked of the datasource, and of the organisation: without an error. */
  readonly of: Asking;
  readonly organisation: Asking;
}

export function ownSource(): OwnSource {
  const api = ownApi();
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- whole before each test: vitest runs none before beforeEach is done
  const [owner, made] = [{} as Visitor, {} as Made];
  beforeEach(async () => {
    Object.assign(owner, await signUp(api));
    Object.assign(made, await makeDatasource(api, owner.organisationId));
  });
  const asked = async (who: Visitor, query: string, variables: Record<string, unknown> = {}) => {
    const { data, errors } = await who.ask(query, variables);
    expect(errors).toBeUndefined();
    return data;
  };
  return {
    api,
    owner,
    made,
    of: async (selection, who = owner) =>
      (await asked(who, `query ($id: ID!) { datasource(id: $id) { ${selection} } }`, { id: made.gid })).datasource,
    organisation: async (selection, who = owner) =>
      (await asked(who, `{ organisation { ${selection} } }`)).organisation,
  };
}
