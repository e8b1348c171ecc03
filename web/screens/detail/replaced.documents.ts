import { graphql, type ResultOf } from "../../graphql.ts";

export const ReplacedQuery = graphql(`
  query ReplacedDatasource($id: ID!) {
    datasource(id: $id) {
      id
      countsFrom
      dependents {
        kind
        name
      }
      replaces {
        id
        name
        dependents {
          kind
          name
        }
      }
    }
  }
`);

export type ReplacedBy = NonNullable<ResultOf<typeof ReplacedQuery>["datasource"]>;
