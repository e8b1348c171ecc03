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
    parts {
      cause
      amount
      sentence
      records
      firstRecords {
        name
        url
      }
    }
  }
`);

export const NumbersQuery = graphql(
  `
    query DatasourceNumbers($id: ID!, $first: Int!) {
      datasource(id: $id) {
        id
        isSpotChecked
        spotChecks(first: $first) {
          nodes {
            ...SpotCheckParts
            settlesAt
          }
        }
      }
    }
  `,
  [SpotCheckFragment],
);

export const RestatementsQuery = graphql(`
  query Restatements($id: ID!, $first: Int!, $after: String) {
    datasource(id: $id) {
      id
      restatementsUrl
      restatements(first: $first, after: $after) {
        nodes {
          id
          day
          title
          before
          after
          change
          currency
          cause
          at
          settlesAt
          run {
            id
          }
        }
        pageInfo {
          endCursor
          hasNextPage
        }
      }
    }
  }
`);

export type SpotCheck = ResultOf<typeof SpotCheckFragment>;
export type DayCheck = NonNullable<ResultOf<typeof NumbersQuery>["datasource"]>["spotChecks"]["nodes"][number];
export type Restatement = NonNullable<
  ResultOf<typeof RestatementsQuery>["datasource"]
>["restatements"]["nodes"][number];
