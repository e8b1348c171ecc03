import { graphql, type ResultOf } from "../../graphql.ts";

export const SpotChecksQuery = graphql(`
  query SpotChecks($id: ID!, $first: Int!) {
    datasource(id: $id) {
      id
      spotChecks(first: $first) {
        nodes {
          metric
          title
          day
          ours
          theirs
          difference
          currency
          state
          checkedAt
        }
      }
    }
  }
`);

export type SpotCheck = NonNullable<ResultOf<typeof SpotChecksQuery>["datasource"]>["spotChecks"]["nodes"][number];
