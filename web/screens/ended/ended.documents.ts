import { graphql, type ResultOf } from "../../graphql.ts";

/** Of a disconnected datasource: what became of its data. */
export const EndedFragment = graphql(`
  fragment Ended on Datasource {
    id
    name
    platform {
      id
      title
      category
    }
    account {
      externalId
      name
      domain
    }
    disconnectedAt
    disconnectedBy {
      name
    }
    replacedBy {
      id
      name
      connectedBy {
        name
      }
    }
    countsUntil
    undoUntil
    deletesDataAt
    deletesDataBy {
      name
    }
    dataDeletedAt
    rowsTotal
    viewerCan {
      action
      isAllowed
      reason {
        code
        message
      }
    }
  }
`);

export const EndedListQuery = graphql(
  `
    query DisconnectedDatasources($first: Int!, $after: String) {
      datasources(filter: { show: DISCONNECTED }, first: $first, after: $after) {
        totalCount
        nodes {
          ...Ended
        }
        pageInfo {
          endCursor
          hasNextPage
        }
      }
    }
  `,
  [EndedFragment],
);

export const EndedQuery = graphql(
  `
    query DisconnectedDatasource($id: ID!) {
      datasource(id: $id) {
        ...Ended
      }
    }
  `,
  [EndedFragment],
);

export type Ended = ResultOf<typeof EndedFragment>;
