import { graphql, type ResultOf } from "../../graphql.ts";

export const SpotCheckFragment = graphql(`
  fragment SpotCheckParts on SpotCheck {
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
`);

export const SpotChecksQuery = graphql(
  `
    query SpotChecks($id: ID!, $first: Int!) {
      datasource(id: $id) {
        id
        spotChecks(first: $first) {
          nodes {
            ...SpotCheckParts
          }
        }
      }
    }
  `,
  [SpotCheckFragment],
);

export type SpotCheck = ResultOf<typeof SpotCheckFragment>;
