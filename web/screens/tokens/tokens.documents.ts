import { graphql, type ResultOf } from "../../graphql.ts";
import { ProblemFragment } from "../commands/commands.documents.ts";

const TokenFragment = graphql(`
  fragment TokenParts on ApiToken {
    id
    name
    prefix
    lastFour
    scopes
    createdBy
    createdAt
    expiresAt
    lastUsedAt
    lastUsedFrom
    revokedAt
  }
`);

export const TokensQuery = graphql(
  `
    query ApiTokens($first: Int!, $after: String) {
      organisation {
        id
        apiTokens(first: $first, after: $after) {
          nodes {
            ...TokenParts
          }
          pageInfo {
            endCursor
            hasNextPage
          }
        }
      }
    }
  `,
  [TokenFragment],
);

export const CreateTokenMutation = graphql(
  `
    mutation CreateApiToken($input: CreateApiTokenInput!) {
      result: createApiToken(input: $input) {
        __typename
        ...Problem
        ... on CreateApiTokenSuccess {
          secret
          token {
            ...TokenParts
          }
        }
      }
    }
  `,
  [ProblemFragment, TokenFragment],
);

export const RevokeTokenMutation = graphql(
  `
    mutation RevokeApiToken($input: RevokeApiTokenInput!) {
      result: revokeApiToken(input: $input) {
        __typename
        ...Problem
        ... on RevokeApiTokenSuccess {
          token {
            ...TokenParts
          }
        }
      }
    }
  `,
  [ProblemFragment, TokenFragment],
);

export type Token = ResultOf<typeof TokenFragment>;
