import { graphql, type ResultOf } from "../../graphql.ts";
import { ProblemFragment } from "../commands/commands.documents.ts";

const LinkFragment = graphql(`
  fragment LinkParts on ReauthorizeLink {
    id
    to
    state
    createdAt
    createdBy {
      name
    }
    expiresAt
    openedAt
    doneAt
    revokedAt
    problem {
      message
    }
  }
`);

export const LinksQuery = graphql(
  `
    query ReauthorizeLinks($id: ID!) {
      datasource(id: $id) {
        id
        reauthorizeLinks {
          ...LinkParts
        }
      }
    }
  `,
  [LinkFragment],
);

export const SendLinkMutation = graphql(
  `
    mutation CreateReauthorizeLink($input: CreateReauthorizeLinkInput!) {
      result: createReauthorizeLink(input: $input) {
        __typename
        ...Problem
        ... on CreateReauthorizeLinkSuccess {
          url
          link {
            ...LinkParts
          }
        }
      }
    }
  `,
  [ProblemFragment, LinkFragment],
);

export const RevokeLinkMutation = graphql(
  `
    mutation RevokeReauthorizeLink($input: RevokeReauthorizeLinkInput!) {
      result: revokeReauthorizeLink(input: $input) {
        __typename
        ...Problem
        ... on RevokeReauthorizeLinkSuccess {
          link {
            ...LinkParts
          }
        }
      }
    }
  `,
  [ProblemFragment, LinkFragment],
);

export type ReauthorizeLink = ResultOf<typeof LinkFragment>;
