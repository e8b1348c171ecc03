import { graphql, type ResultOf } from "../../graphql.ts";

/** What is shown of one file before it is taken. */
export const ReviewQuery = graphql(`
  query UploadReview($id: ID!, $after: String) {
    node(id: $id) {
      __typename
      ... on Upload {
        id
        mapping {
          shape
          encoding
          delimiter
          decimal
          columns {
            header
            target
            isGuessed
            samples
          }
          shapes {
            shape
            needs {
              anyOf
            }
            without
            beside
          }
          questions {
            kind
            column
            guess
            sample
          }
          words {
            word
            costType
            basis
            lines
          }
          corrections {
            column
            line
            was
            value
          }
          targets
          costTypes
        }
        preview(first: 20) {
          line
          from
          to
          costType
          basis
          amount
          currency
          recurrence
          isAdSpend
          about
        }
        findings(first: 50, after: $after) {
          nodes {
            line
            column
            code
            severity
            value
            nearest
            message
            hint
          }
          pageInfo {
            endCursor
            hasNextPage
          }
        }
      }
    }
  }
`);

export type Review = Extract<NonNullable<ResultOf<typeof ReviewQuery>["node"]>, { __typename: "Upload" }>;
