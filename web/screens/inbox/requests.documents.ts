import { graphql, type ResultOf } from "../../graphql.ts";
import { ProblemFragment } from "../commands/commands.documents.ts";

const RequestFragment = graphql(`
  fragment RequestParts on StandingRequest {
    about
    askedAt
    datasource {
      id
    }
    platform {
      id
    }
  }
`);

export const OwnRequestsQuery = graphql(
  `
    query OwnRequests {
      organisation {
        id
        ownRequests {
          ...RequestParts
        }
      }
    }
  `,
  [RequestFragment],
);

export const SendRequestMutation = graphql(
  `
    mutation SendRequest($input: SendRequestInput!) {
      result: sendRequest(input: $input) {
        __typename
        ...Problem
        ... on SendRequestSuccess {
          request {
            ...RequestParts
          }
        }
      }
    }
  `,
  [ProblemFragment, RequestFragment],
);

export const PutRequestAsideMutation = graphql(
  `
    mutation PutRequestAside($input: PutRequestAsideInput!) {
      result: putRequestAside(input: $input) {
        __typename
        ...Problem
        ... on PutRequestAsideSuccess {
          notice {
            id
            resolvedAt
          }
        }
      }
    }
  `,
  [ProblemFragment],
);

export const SetWishMutation = graphql(
  `
    mutation SetWish($input: SetWishInput!) {
      result: setWish(input: $input) {
        __typename
        ...Problem
        ... on SetWishSuccess {
          platform {
            id
            isWished
          }
        }
      }
    }
  `,
  [ProblemFragment],
);

export type StandingRequest = ResultOf<typeof RequestFragment>;
export type RequestAbout = NonNullable<StandingRequest["about"]>;
