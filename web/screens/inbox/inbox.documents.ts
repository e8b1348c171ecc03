import { graphql, type ResultOf } from "../../graphql.ts";

export const UnreadQuery = graphql(`
  query UnreadNotices {
    organisation {
      id
      unreadNotices
    }
  }
`);

export const InboxQuery = graphql(`
  query Inbox($first: Int!) {
    organisation {
      id
      inbox(first: $first) {
        nodes {
          id
          kind
          message
          meaning
          since
          resolvedAt
          isRead
          about
          platform {
            id
            name
            title
            category
          }
          datasource {
            id
            name
            platform {
              id
              title
              category
            }
          }
        }
        pageInfo {
          hasNextPage
        }
      }
    }
  }
`);

export const MarkReadMutation = graphql(`
  mutation MarkNoticesRead($input: MarkNoticeReadInput!) {
    result: markNoticeRead(input: $input) {
      __typename
    }
  }
`);

export type Notice = NonNullable<ResultOf<typeof InboxQuery>["organisation"]>["inbox"]["nodes"][number];
